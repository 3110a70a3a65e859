import type { Fact } from '../facts.ts';

export const emlFacts: readonly Fact[] = [
  {
    about: 'bytes',
    keeps: 'partly',
    fr: 'Fichiers .eml et .emlx : octet pour octet. Une pièce jointe qu’Apple Mail range à côté du message (.partial.emlx) y est remise ; seules les coupures de ses lignes peuvent différer. Si elle n’a pas été téléchargée, le message n’est pas copié sans elle : il est nommé.',
    en: '.eml and .emlx files: byte for byte. An attachment that Apple Mail keeps beside the message (.partial.emlx) is put back; only where its lines break may differ. If it was not fetched, the message is not copied without it: it is named.',
  },
  {
    about: 'bytes',
    keeps: 'partly',
    fr: 'Fichiers .msg d’Outlook : le message est reconstruit de ses parties, toujours à l’identique. Dans une arborescence qui en contient, les originaux des autres comptes passent donc avant.',
    en: 'Outlook’s .msg files: the message is built again from its parts, always the same. So originals of other accounts come before a tree that holds any.',
  },
  {
    about: 'folders',
    keeps: 'yes',
    fr: 'Un répertoire est un dossier ; chez Apple Mail, une boîte (.mbox) l’est, quels que soient les répertoires entre elle et ses messages. Le nom du compte n’est gardé que s’il y en a plusieurs. Les autres fichiers sont laissés et nommés (les dix mille premiers) : les index (winmail.fol), les .dbx d’Outlook Express, qui ne sont pas lus, les éléments Outlook qui ne sont pas du courrier. Les fichiers et répertoires cachés (un point devant le nom) ne sont pas pris ; ceux qui peuvent être du courrier sont nommés.',
    en: 'A directory is a folder; in a tree of Apple Mail a mailbox (.mbox) is one, whatever directories lie between it and its messages. The name of the account is kept only where there are several. Other files are left, and named (the first ten thousand): indexes (winmail.fol), Outlook Express’s .dbx files, which are not read, Outlook items that are no mail. Hidden files and directories (names with a dot in front) are not taken; those that may be mail are named.',
  },
  {
    about: 'read-marks',
    keeps: 'partly',
    fr: 'Apple Mail : lu, répondu, transféré, suivi, brouillon, supprimé, indésirable. Outlook (.msg) : lu, brouillon, répondu, transféré, suivi. Un fichier .eml (Windows Live Mail, exports) ne dit pas s’il a été lu.',
    en: 'Apple Mail: read, answered, forwarded, flagged, draft, deleted, junk. Outlook (.msg): read, draft, answered, forwarded, flagged. An .eml file (Windows Live Mail, exports) does not say whether it was read.',
  },
  {
    about: 'keywords',
    keeps: 'partly',
    fr: 'Les catégories des fichiers .msg ; les couleurs des drapeaux d’Apple Mail ne sont pas gardées.',
    en: 'The categories of .msg files; the colours of Apple Mail’s flags are not kept.',
  },
  {
    about: 'received-date',
    keeps: 'partly',
    fr: 'Celle d’Apple Mail (date-received) et d’Outlook, à la seconde. La date d’un fichier .eml est celle de l’export ; la date d’arrivée est prise dans l’en-tête.',
    en: 'That of Apple Mail (date-received) and of Outlook, to the second. The time of an .eml file is that of the export; the arrival date is taken from the header.',
  },
  {
    about: 'delta',
    keeps: 'yes',
    fr: 'Les répertoires sont relus ; seuls les fichiers nouveaux ou réécrits sont transmis. Une marque changée par Apple Mail ne fait pas un nouveau message.',
    en: 'Directories are listed again; only files that are new or written over are told. A mark changed by Apple Mail makes no new message.',
  },
  {
    about: 'deletions',
    keeps: 'yes',
    fr: 'Un fichier qui n’est plus là est signalé.',
    en: 'A file that is no longer there is told.',
  },
  {
    about: 'memory',
    keeps: 'partly',
    fr: 'Les messages .eml et .emlx sont lus par morceaux, quelle que soit leur taille. Un fichier .msg, ou tout message d’une archive, est tenu en entier pendant sa lecture ; au-delà de 192 Mo il n’est pas lu, mais nommé. D’une archive, environ 400 octets pour chaque fichier qu’elle contient restent en mémoire.',
    en: '.eml and .emlx messages are read in pieces, whatever their size. A .msg file, and any message in an archive, is held whole while it is read; beyond 192 MB it is not read, but named. Of an archive some 400 bytes for each file in it are kept in memory.',
  },
  {
    about: 'security',
    keeps: 'yes',
    fr: 'Aucun lien symbolique n’est suivi. Une archive zip est lue comme un répertoire, sans rien écrire ni décompresser sur le disque. Un nom qui mène hors d’elle, un lien, une archive dans l’archive, un fichier chiffré, abîmé ou démesuré est nommé et laissé ; rien n’est perdu de deux fichiers de même nom.',
    en: 'No symbolic link is followed. A zip archive is read as a directory; nothing is written, nothing unpacked to the disk. A name that leads out of it, a link, an archive inside it, a file that is encrypted, damaged or beyond measure is named and left; of two files of one name both are read.',
  },
];
