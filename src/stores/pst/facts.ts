import type { Fact } from '../facts.ts';

export const pstFacts: readonly Fact[] = [
  {
    about: 'bytes',
    keeps: 'partly',
    fr: 'Outlook ne garde pas le message reçu, mais ses parties : il est reconstruit, toujours à l’identique, avec les en-têtes de transport quand le fichier les a. Une partie illisible est remplacée par un texte qui la nomme, et le message est signalé comme incomplet dans la preuve.',
    en: 'Outlook keeps the parts of a message, not the message that came: it is built again, always the same, with the transport headers where the file has them. A part that cannot be read is replaced by a text that names it, and the proof lists the message as incomplete.',
  },
  {
    about: 'folders',
    keeps: 'yes',
    fr: 'Tous les dossiers de courrier, avec leur rôle quand le fichier le dit. Les dossiers de recherche n’en sont pas. Contacts, rendez-vous, tâches et notes ne sont pas copiés ici : ils sont nommés, et « malleposte groupware » les écrit dans des fichiers. Ce qui n’est dans aucun dossier est sous « Lost items ».',
    en: 'All folders of mail, with their role where the file tells it. Search folders are none. Contacts, appointments, tasks and notes are not copied here: they are named, and “malleposte groupware” writes them into files. What lies in no folder is below “Lost items”.',
  },
  {
    about: 'read-marks',
    keeps: 'yes',
    fr: 'Lu, brouillon, répondu, transféré, suivi.',
    en: 'Read, draft, answered, forwarded, flagged.',
  },
  {
    about: 'keywords',
    keeps: 'partly',
    fr: 'Les catégories deviennent des mots-clés, écrits comme IMAP le permet ; leurs couleurs se perdent.',
    en: 'Categories become keywords, spelled as IMAP allows; their colours are lost.',
  },
  {
    about: 'received-date',
    keeps: 'yes',
    fr: 'La date de remise, sinon la date d’envoi, à la seconde.',
    en: 'The date of delivery, else that of submission, to the second.',
  },
  {
    about: 'delta',
    keeps: 'yes',
    fr: 'Un fichier inchangé n’est pas relu. Dans un fichier changé, seul ce qui est nouveau ou modifié est transmis.',
    en: 'An unchanged file is not read again. Of a changed one only what is new or edited is told.',
  },
  {
    about: 'deletions',
    keeps: 'yes',
    fr: 'Un message qui n’est plus dans le fichier est signalé.',
    en: 'A message that is no longer in the file is told.',
  },
  {
    about: 'memory',
    keeps: 'yes',
    fr: 'Le fichier est lu par morceaux, quelle que soit sa taille : une dizaine de mégaoctets, plus huit octets par message. Si ses arbres sont perdus, un ou deux mégaoctets de plus par gigaoctet.',
    en: 'The file is read by pieces, whatever its size: some ten megabytes, and eight bytes for each message. When its trees are lost, one or two megabytes more for each gigabyte.',
  },
  {
    about: 'security',
    keeps: 'partly',
    fr: 'Un mot de passe Outlook ne chiffre rien : le fichier s’ouvre. Un fichier chiffré pour un seul utilisateur (WIP) ne s’ouvre pas, et c’est dit. Aucun lien symbolique n’est suivi dans un répertoire.',
    en: 'An Outlook password encrypts nothing: the file opens. A file encrypted for one user (WIP) does not, and this is said. No symbolic link inside a directory is followed.',
  },
  {
    about: 'other',
    keeps: 'partly',
    fr: 'Un fichier endommagé donne tout ce qui se lit encore ; le reste est nommé par dossier et sujet, autant que le fichier le permet. Un message dont Outlook n’a que l’en-tête est nommé, pas copié. Outlook doit être fermé.',
    en: 'A damaged file gives all that can still be read; the rest is named by folder and subject, as far as the file allows. A message of which Outlook has only the header is named, not copied. Outlook must be closed.',
  },
];
