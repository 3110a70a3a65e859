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
    about: 'other',
    keeps: 'no',
    en: 'Filters, signatures, vacation answers, access rights and annotations do not travel by IMAP.',
    fr: 'Les filtres, signatures, réponses d’absence, droits d’accès et annotations ne voyagent pas par IMAP.',
  },
];
