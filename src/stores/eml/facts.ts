import type { Fact } from '../facts.ts';

export const emlFacts: readonly Fact[] = [
  { about: 'bytes', keeps: 'yes', fr: 'Octet pour octet.', en: 'Byte for byte.' },
  {
    about: 'folders',
    keeps: 'yes',
    fr: 'Un répertoire est un dossier. Les fichiers qui ne finissent pas par .eml sont laissés et nommés (les dix mille premiers). Les fichiers et répertoires cachés (un point devant le nom) ne sont pas pris ; ceux qui peuvent être du courrier sont nommés.',
    en: 'A directory is a folder. Files that do not end in .eml are left, and named (the first ten thousand). Hidden files and directories (names with a dot in front) are not taken; those that may be mail are named.',
  },
  {
    about: 'read-marks',
    keeps: 'no',
    fr: 'Un fichier .eml ne dit pas s’il a été lu.',
    en: 'An .eml file does not say whether it was read.',
  },
  { about: 'keywords', keeps: 'no', fr: 'Il n’y en a pas.', en: 'There are none.' },
  {
    about: 'received-date',
    keeps: 'no',
    fr: 'La date du fichier est celle de l’export ; la date d’arrivée est prise dans l’en-tête.',
    en: 'The time of the file is that of the export; the arrival date is taken from the header.',
  },
  {
    about: 'delta',
    keeps: 'yes',
    fr: 'Les répertoires sont relus ; seuls les fichiers nouveaux ou réécrits sont transmis.',
    en: 'Directories are listed again; only files that are new or written over are told.',
  },
  {
    about: 'deletions',
    keeps: 'yes',
    fr: 'Un fichier qui n’est plus là est signalé.',
    en: 'A file that is no longer there is told.',
  },
  {
    about: 'security',
    keeps: 'yes',
    fr: 'Aucun lien symbolique n’est suivi.',
    en: 'No symbolic link is followed.',
  },
];
