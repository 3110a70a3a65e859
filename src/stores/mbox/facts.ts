import type { Fact } from '../facts.ts';

export const mboxFacts: readonly Fact[] = [
  {
    about: 'bytes',
    keeps: 'partly',
    fr: 'Octet pour octet, sauf les « > » que l’enregistrement avait ajoutés devant « From » en début de ligne : ils sont ôtés, si le fichier montre que son logiciel en ajoute. Un saut de ligne final manquant à l’origine ne peut pas être distingué. Un message dont Thunderbird n’a téléchargé que le début est nommé, pas copié.',
    en: 'Byte for byte, except the “>” that saving had put before “From” at line starts: taken off where the file shows that its program adds them. Whether a message lacked its last line end cannot be told any more. A message of which Thunderbird has fetched only the beginning is named, not copied.',
  },
  {
    about: 'folders',
    keeps: 'yes',
    fr: 'Un fichier est un dossier ; les répertoires .sbd de Thunderbird et les .mbox d’Apple Mail donnent l’arborescence. D’un profil Thunderbird, les comptes de Mail et d’ImapMail sont lus ; un dossier dont le nom n’a pu être celui d’un fichier reprend le sien de son index ; le nom du compte n’est gardé que s’il y en a plusieurs. Les dossiers dont les messages ne sont que sur le serveur, ou rangés un par fichier, sont nommés. Les fichiers qui ne sont pas du courrier sont laissés et nommés. Les fichiers et répertoires cachés (un point devant le nom) ne sont pas pris ; ceux qui peuvent être du courrier sont nommés.',
    en: 'A file is a folder; Thunderbird’s .sbd and Apple Mail’s .mbox directories give the tree. Of a Thunderbird profile the accounts in Mail and ImapMail are read; a folder whose name no file could have gets it back from its index; the name of the account is kept only where there are several. Folders whose messages lie on the server only, or a message a file, are named. Files that are no mail are left, and named. Hidden files and directories (names with a dot in front) are not taken; those that may be mail are named.',
  },
  {
    about: 'read-marks',
    keeps: 'partly',
    fr: 'Lu, répondu, suivi, brouillon, supprimé, transféré : lus dans Status, X-Status, X-Mozilla-Status et X-Mozilla-Status2. Un fichier sans ces champs (Takeout, archives) arrive non lu.',
    en: 'Read, answered, flagged, draft, deleted, forwarded: from Status, X-Status, X-Mozilla-Status and X-Mozilla-Status2. A file without these fields (Takeout, archives) arrives unread.',
  },
  {
    about: 'keywords',
    keeps: 'partly',
    fr: 'Lus dans X-Keywords et X-Mozilla-Keys ; les libellés de Gmail ne sont pas interprétés ici.',
    en: 'From X-Keywords and X-Mozilla-Keys; Gmail’s labels are not interpreted here.',
  },
  {
    about: 'received-date',
    keeps: 'partly',
    fr: 'La date de la ligne « From » ; sans fuseau, elle est prise en temps universel. Les dates fictives connues sont écartées.',
    en: 'The date of the “From” line; without a zone it is taken as UTC. Dates known to be made up are dropped.',
  },
  {
    about: 'delta',
    keeps: 'yes',
    fr: 'Un fichier inchangé n’est pas rouvert ; un fichier changé est relu en entier, et seul ce qui est nouveau est transmis. Un fichier compacté est relu comme neuf, sans créer de doublons.',
    en: 'An unchanged file is not opened; a changed one is read through, and only what is new is told. A compacted file is told anew, without making doubles.',
  },
  {
    about: 'security',
    keeps: 'yes',
    fr: 'Une archive zip est lue comme un répertoire, sans rien écrire ni décompresser sur le disque ; elle l’est vers l’avant, environ une fois pour lister et une fois par voie pour lire. D’un fichier dont la somme de contrôle est fausse, rien n’est copié et tout est nommé. Un nom qui mène hors d’elle, un lien, une archive dans l’archive, un fichier chiffré est nommé et laissé.',
    en: 'A zip archive is read as a directory; nothing is written, nothing unpacked to the disk. It is read forwards, about once for listing and once a lane for reading. Of a file whose checksum is wrong nothing is copied, and all of it is named. A name that leads out of it, a link, an archive inside it, an encrypted file is named and left.',
  },
  {
    about: 'deletions',
    keeps: 'partly',
    fr: 'Une suppression se voit quand le fichier est compacté ; avant, le message porte la marque « supprimé ».',
    en: 'A deletion shows when the file is compacted; before that the message carries the mark “deleted”.',
  },
];
