import type { Fact } from '../facts.ts';

export const takeoutFacts: readonly Fact[] = [
  {
    about: 'bytes',
    keeps: 'yes',
    fr: 'Octet pour octet, comme Gmail le donne par IMAP : les deux champs que Takeout ajoute en tête (X-GM-THRID, X-Gmail-Labels) et les « > » devant « From » sont ôtés. Un saut de ligne final manquant à l’origine ne peut pas être distingué.',
    en: 'Byte for byte, as Gmail gives it by IMAP: the two fields that Takeout adds in front (X-GM-THRID, X-Gmail-Labels) and the “>” before “From” are taken off. Whether a message lacked its last line end cannot be told any more.',
  },
  {
    about: 'folders',
    keeps: 'yes',
    fr: 'Un libellé est un dossier, « / » y fait un sous-dossier. Les libellés de Google sont reconnus dans 25 langues (l’anglais, le français, l’allemand et l’espagnol ont été vus dans des exports) ; un libellé système non reconnu devient un dossier de ce nom. Un message n’est que dans un dossier, ses autres libellés sont notés à côté : spam et corbeille d’abord, puis brouillons, libellé d’une personne, boîte de réception, envoyés, archives. Les conversations Chat sont laissées et comptées ; les catégories (Promotions, Réseaux sociaux…) ne sont pas gardées.',
    en: 'A label is a folder, “/” in it makes a folder below. Google’s own labels are known in 25 languages (English, French, German and Spanish were seen in exports); a system label that is not known becomes a folder of its name. A message lies in one folder, its other labels are noted beside it: spam and trash first, then drafts, a label made by a person, inbox, sent, archive. Chats are left and counted; categories (Promotions, Social and so on) are not kept.',
  },
  {
    about: 'read-marks',
    keeps: 'partly',
    fr: 'Lu, suivi, brouillon : par les libellés. « Répondu » n’est pas dans un export.',
    en: 'Read, starred, draft: from the labels. “Answered” is not in an export.',
  },
  {
    about: 'keywords',
    keeps: 'partly',
    fr: 'Ceux que des logiciels ont posés par IMAP (libellés « IMAP_… »). « Important » est noté comme libellé.',
    en: 'Those that mail programs set over IMAP (labels “IMAP_…”). “Important” is noted as a label.',
  },
  {
    about: 'received-date',
    keeps: 'yes',
    fr: 'La date de la ligne « From », à la seconde : c’est celle de l’arrivée chez Google.',
    en: 'The date of the “From” line, to the second: that of arrival at Google.',
  },
  {
    about: 'duplicates',
    keeps: 'yes',
    fr: 'Un message présent dans plusieurs fichiers d’un export (parties, libellés exportés séparément, copie décompressée à côté) n’est transmis qu’une fois, par le numéro que Google lui a donné.',
    en: 'A message that lies in several files of an export (parts, labels exported one by one, an unpacked copy beside it) is told once, by the number that Google gave it.',
  },
  {
    about: 'delta',
    keeps: 'yes',
    fr: 'Un nouvel export à la place de l’ancien : seul ce qui diffère est transmis. Pour savoir quels dossiers il y a, l’export est lu une fois en entier ; ce qui en fut appris est gardé dans le dossier de données, tant qu’il ne change pas. Au-delà de 250 000 messages dans un dossier, un changement le fait relire en entier, sans rien recopier.',
    en: 'Another export in place of the old one: only what differs is told. To know which folders there are, the export is read through once; what was learnt is kept in the folder of data for as long as it does not change. Beyond 250,000 messages in a folder, a change makes all of it be told again, without copying anything again.',
  },
  {
    about: 'memory',
    keeps: 'yes',
    fr: 'Environ 60 octets par message et quelques mégaoctets, quelle que soit la taille. Pendant qu’un dossier d’une archive est lu, les messages des plus petits autres sont mis de côté dans un fichier temporaire (1 Go au plus, un quart de la place libre au plus), que personne d’autre ne peut lire et dont rien ne reste.',
    en: 'Some 60 bytes a message and a few megabytes, whatever the size. While a folder of an archive is read, messages of the smallest others are put aside in a temporary file (1 GB at most, a quarter of the free space at most), which nobody else can read and of which nothing stays.',
  },
  {
    about: 'security',
    keeps: 'yes',
    fr: 'Une archive abîmée, chiffrée, piégée (taille démesurée, entrées superposées) ou coupée est nommée ; d’un fichier dont la somme de contrôle est fausse, rien n’est copié. Aucun nom d’archive ne sert de chemin, aucun lien symbolique n’est suivi, une archive dans une archive n’est pas ouverte.',
    en: 'An archive that is damaged, encrypted, a trap (beyond all size, entries over each other) or cut off is named; of a file whose checksum is wrong nothing is copied. No name in an archive is used as a path, no symbolic link is followed, an archive inside an archive is not opened.',
  },
  {
    about: 'other',
    keeps: 'partly',
    fr: 'Une archive compressée ne se lit que vers l’avant : la lecture coûte une décompression pour tous les petits dossiers ensemble (1 Go), et une pour chacun des autres. Les exports .tgz doivent être décompressés, ou demandés en .zip.',
    en: 'A compressed archive can only be read forwards: reading costs one unpacking for all small folders together (1 GB), and one for each of the others. Exports as .tgz must be unpacked, or asked for as .zip.',
  },
];
