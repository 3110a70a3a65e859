import type { Fact } from '../facts.ts';

/** What POP3 shows of a mailbox and what it does not, as data: the tables of the documentation are made of it. */
export const pop3Facts: readonly Fact[] = [
  {
    about: 'bytes',
    keeps: 'yes',
    en: 'Byte for byte, as the server gives them. POP3 ends every message with a line end, whether it had one or not.',
    fr: 'Octet pour octet, tels que le serveur les donne. POP3 termine chaque message par une fin de ligne, qu’il en ait eu une ou non.',
  },
  {
    about: 'folders',
    keeps: 'no',
    en: 'POP3 knows no folders: only the inbox is seen. What was filed elsewhere, sent or archived lies on the server out of its sight, or in the mail program.',
    fr: 'POP3 ne connaît pas de dossiers : seule la boîte de réception est visible. Ce qui a été classé, envoyé ou archivé reste hors de sa vue sur le serveur, ou dans le logiciel de messagerie.',
  },
  {
    about: 'read-marks',
    keeps: 'no',
    en: 'POP3 knows no read marks, no flags and no answers: whether a message was read is unknown. Another account of the same person that knows decides.',
    fr: 'POP3 ne connaît ni lu, ni suivi, ni répondu : on ne sait pas si un message a été lu. Un autre compte de la même personne qui le sait décide.',
  },
  { about: 'keywords', keeps: 'no', en: 'There are none.', fr: 'Il n’y en a pas.' },
  {
    about: 'received-date',
    keeps: 'partly',
    en: 'POP3 tells no arrival date; it is taken from the header (the topmost “Received”).',
    fr: 'POP3 ne donne pas de date d’arrivée ; elle est prise dans l’en-tête (le premier « Received »).',
  },
  {
    about: 'delta',
    keeps: 'partly',
    en: 'With unique-ids (UIDL) only new messages are read. A server without them has its headers read again at each pass, or everything if it has no TOP. After new ids for all messages they are recognised by what they hold. Beyond 250,000 messages a change makes everything be told again, without copying anything again.',
    fr: 'Avec les identifiants uniques (UIDL), seuls les nouveaux messages sont lus. Un serveur qui n’en a pas voit ses en-têtes relus à chaque passage, ou tout s’il n’a pas TOP. Après un changement de tous les identifiants, les messages sont reconnus à leur contenu. Au-delà de 250 000 messages, un changement fait tout retransmettre, sans rien recopier.',
  },
  {
    about: 'deletions',
    keeps: 'yes',
    en: 'A message that is no longer there is told. Nothing is ever deleted: there is no command for it in the program.',
    fr: 'Un message qui n’est plus là est signalé. Rien n’est jamais supprimé : le programme n’a pas de commande pour cela.',
  },
  {
    about: 'duplicates',
    keeps: 'yes',
    en: 'A message that lies twice in the mailbox lies there twice afterwards.',
    fr: 'Un message présent deux fois dans la boîte y est encore deux fois après.',
  },
  {
    about: 'connections',
    keeps: 'partly',
    en: 'One session at a time: a mail program that has the mailbox open makes us wait, and is made to wait by us.',
    fr: 'Une session à la fois : un logiciel qui a ouvert la boîte nous fait attendre, et attend à son tour.',
  },
  {
    about: 'memory',
    keeps: 'partly',
    en: 'The list of messages is held in memory: about 20 MB for 100,000 messages.',
    fr: 'La liste des messages est gardée en mémoire : environ 20 Mo pour 100 000 messages.',
  },
  {
    about: 'other',
    keeps: 'partly',
    en: 'Reading leaves no mark where the server has TOP. Without TOP, some servers (Dovecot, Courier) show fetched messages as read in webmail, and some hosts show a fetched message only once.',
    fr: 'La lecture ne laisse aucune trace si le serveur a TOP. Sans TOP, certains serveurs (Dovecot, Courier) montrent les messages lus dans le webmail, et certains hébergeurs ne montrent qu’une fois un message relevé.',
  },
  {
    about: 'other',
    keeps: 'no',
    en: 'A mail program that leaves messages on the server for some days only leaves a window of the mail there: the rest lies in its own files (PST, profile), which then are a source of their own.',
    fr: 'Un logiciel qui ne laisse les messages que quelques jours sur le serveur n’y laisse qu’une fenêtre du courrier : le reste est dans ses propres fichiers (PST, profil), à prendre alors comme source à part.',
  },
];
