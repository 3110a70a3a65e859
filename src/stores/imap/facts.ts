import type { Fact } from '../facts.ts';

/** What an IMAP mailbox keeps and what it does not, as data: the tables of the documentation are made of it. */
export const imapFacts: readonly Fact[] = [
  {
    about: 'bytes',
    keeps: 'partly',
    en: 'Every message is copied to the byte. Some servers alter odd ones when they store them (NUL bytes, line ends, 8-bit headers); each is read back and named in the proof.',
    fr: 'Chaque message est copié à l’octet près. Certains serveurs modifient les messages irréguliers en les rangeant (octets NUL, fins de ligne, en-têtes 8 bits) ; chacun est relu et nommé dans la preuve.',
  },
  {
    about: 'folders',
    keeps: 'partly',
    en: 'Folders, their order of nesting and subscriptions are kept. A character the target cannot have in a name is written otherwise (“․” for “.”, “=XX”); names over 220 bytes are cut. Both names are reported.',
    fr: 'Les dossiers, leur emboîtement et les abonnements sont conservés. Un caractère que la cible n’accepte pas dans un nom est écrit autrement (« ․ » pour « . », « =XX ») ; un nom de plus de 220 octets est coupé. Les deux noms sont indiqués.',
  },
  {
    about: 'folders',
    keeps: 'no',
    en: 'Folders of other people and public folders are listed and not read: they are not this person’s mail.',
    fr: 'Les dossiers d’autres personnes et les dossiers publics sont listés, pas lus : ce n’est pas le courrier de cette personne.',
  },
  {
    about: 'read-marks',
    keeps: 'partly',
    en: 'Read, flagged, answered, draft and deleted marks are kept, and keywords where the target takes new ones. “Recent” belongs to the server and is never sent.',
    fr: 'Lu, suivi, répondu, brouillon et supprimé sont conservés, et les mots-clés si la cible en accepte de nouveaux. « Récent » appartient au serveur et n’est jamais envoyé.',
  },
  {
    about: 'received-date',
    keeps: 'partly',
    en: 'Arrival dates are kept to the second. Dovecot replaces a date in the future by the present.',
    fr: 'Les dates d’arrivée sont conservées à la seconde. Dovecot remplace une date future par la date du jour.',
  },
  {
    about: 'duplicates',
    keeps: 'yes',
    en: 'A message that lies twice in a folder lies there twice afterwards.',
    fr: 'Un message présent deux fois dans un dossier y est encore deux fois après.',
  },
  {
    about: 'size',
    keeps: 'partly',
    en: 'The limit the target announces (APPENDLIMIT) is known from the start; without an announcement only a refusal tells.',
    fr: 'La limite annoncée par la cible (APPENDLIMIT) est connue d’emblée ; sans annonce, seul un refus l’apprend.',
  },
  {
    about: 'quota',
    keeps: 'yes',
    en: 'A full mailbox pauses the move; no message is given up for it.',
    fr: 'Une boîte pleine met le déménagement en pause ; aucun message n’est abandonné pour cela.',
  },
  {
    about: 'connections',
    keeps: 'yes',
    en: 'Up to four connections to read and four to write; a server that takes fewer is served with what it takes.',
    fr: 'Jusqu’à quatre connexions en lecture et quatre en écriture ; un serveur qui en accepte moins est servi avec ce qu’il accepte.',
  },
  {
    about: 'folders',
    keeps: 'partly',
    en: 'On Exchange and Zimbra, folders of contacts, appointments, tasks and notes are left and named, with how many items they hold; mail that somebody filed in one of them is carried.',
    fr: 'Sur Exchange et Zimbra, les dossiers de contacts, de rendez-vous, de tâches et de notes sont laissés et nommés, avec leur nombre d’éléments ; le courrier que quelqu’un y a rangé est transporté.',
  },
  {
    about: 'bytes',
    keeps: 'partly',
    en: 'Exchange writes a message anew each time it is read, in other bytes: it arrives once, as it was first read, and the proof recognises it by its content.',
    fr: 'Exchange réécrit un message à chaque lecture, en d’autres octets : il arrive une seule fois, tel qu’il fut lu d’abord, et la preuve le reconnaît à son contenu.',
  },
  {
    about: 'connections',
    keeps: 'yes',
    en: 'A server that asks to be left alone for a time is, on all connections; then the run goes on by itself.',
    fr: 'Un serveur qui demande un délai l’obtient, sur toutes les connexions ; ensuite le passage reprend de lui-même.',
  },
  {
    about: 'duplicates',
    keeps: 'yes',
    en: 'A server whose message numbers do not last (UIDNOTSTICKY, no UIDVALIDITY) is read in full at each pass; its messages are recognised by what they hold, and none is copied again.',
    fr: 'Un serveur dont les numéros de message ne durent pas (UIDNOTSTICKY, pas d’UIDVALIDITY) est relu en entier à chaque passage ; ses messages sont reconnus à leur contenu, et aucun n’est recopié.',
  },
  {
    about: 'other',
    keeps: 'no',
    en: 'Filters, signatures, vacation answers, access rights and annotations do not travel by IMAP.',
    fr: 'Les filtres, signatures, réponses d’absence, droits d’accès et annotations ne voyagent pas par IMAP.',
  },
];
