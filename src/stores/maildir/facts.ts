import type { Fact } from '../facts.ts';

export const maildirFacts: readonly Fact[] = [
  {
    about: 'bytes',
    keeps: 'yes',
    fr: 'Octet pour octet, dans les deux sens ; les fins de ligne ne sont pas touchées. Dovecot et Courier lisent les deux sortes.',
    en: 'Byte for byte, both ways; line ends are not touched. Dovecot and Courier read both kinds.',
  },
  {
    about: 'folders',
    keeps: 'yes',
    fr: 'Maildir++ et répertoires emboîtés sont lus ; les dossiers créés le sont en Maildir++. Un point ou une barre dans un nom s’écrit \\2e ou \\2f, un nom trop long est abrégé et le nom entier gardé dans le dossier. Un Dovecot qui tourne ne voit des dossiers créés à côté de lui qu’après « doveadm force-resync ».',
    en: 'Maildir++ and nested directories are read; folders are made as Maildir++. A dot or slash in a name is written \\2e or \\2f, a name that is too long is cut and kept whole inside the folder. A running Dovecot sees folders that were made beside it only after “doveadm force-resync”.',
  },
  {
    about: 'read-marks',
    keeps: 'yes',
    fr: 'Lu, répondu, suivi, brouillon, supprimé : dans le nom du fichier.',
    en: 'Read, answered, flagged, draft, deleted: in the file name.',
  },
  {
    about: 'keywords',
    keeps: 'partly',
    fr: 'Ceux de Dovecot (dovecot-keywords), 26 par dossier ; au-delà, ils ne peuvent pas être gardés. Ceux de Courier ne sont pas lus.',
    en: 'Dovecot’s (dovecot-keywords), 26 a folder; more cannot be kept. Courier’s are not read.',
  },
  {
    about: 'received-date',
    keeps: 'yes',
    fr: 'La date du fichier, en secondes entières. Une copie des fichiers qui ne garde pas leur date l’a perdue.',
    en: 'The time of the file, in whole seconds. A copy of the files that did not keep it has lost it.',
  },
  {
    about: 'delta',
    keeps: 'partly',
    fr: 'Un dossier dont les répertoires n’ont pas changé n’est pas relu. Au-delà de 250 000 messages, un changement fait relire tout le dossier, sans rien recopier.',
    en: 'A folder whose directories did not change is not listed again. Beyond 250,000 messages a change makes the whole folder be told again, without copying anything again.',
  },
  {
    about: 'deletions',
    keeps: 'yes',
    fr: 'Un message qui n’est plus là est signalé.',
    en: 'A message that is no longer there is told.',
  },
  {
    about: 'security',
    keeps: 'yes',
    fr: 'Aucun lien symbolique n’est suivi, aucun nom ne mène hors de l’arborescence. Le fichier maildirsize (quotas) n’est pas tenu à jour.',
    en: 'No symbolic link is followed, no name leads out of the tree. The file maildirsize (quotas) is not kept up.',
  },
];
