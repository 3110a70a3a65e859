import type { Fact } from '../../facts.ts';

/** What a Gmail account read by IMAP keeps and what it does not, beside what holds for every IMAP mailbox. */
export const gmailFacts: readonly Fact[] = [
  {
    about: 'folders',
    keeps: 'yes',
    en: 'A label is a folder, “/” in it makes a folder below. A message lies in one folder, its other labels are noted beside it, in the order of a Takeout: spam and trash, drafts, a label made by a person (the deepest), inbox, sent, archive. Takeout and IMAP of one account are filed alike. “Important” is noted; categories are not told by IMAP. A label not shown in IMAP is no folder, but noted.',
    fr: 'Un libellé est un dossier, « / » y fait un sous-dossier. Un message n’est que dans un dossier, ses autres libellés sont notés à côté, dans l’ordre d’un Takeout : spam et corbeille, brouillons, libellé d’une personne (le plus profond), boîte de réception, envoyés, archives. Takeout et IMAP d’un même compte sont rangés pareil. « Important » est noté ; les catégories ne sont pas données par IMAP. Un libellé non affiché dans IMAP n’est pas un dossier, mais il est noté.',
  },
  {
    about: 'duplicates',
    keeps: 'yes',
    en: 'All Mail is read, so a message with several labels is read and carried once, by the number that Google gave it.',
    fr: '« Tous les messages » est lu : un message qui a plusieurs libellés est lu et transféré une seule fois, par le numéro que Google lui a donné.',
  },
  {
    about: 'other',
    keeps: 'partly',
    en: 'Spam and trash are left unless the address says “spam=yes”, “trash=yes”; chats are left. All three are counted and named. Where the account hides All Mail from IMAP, only mail with a visible label is seen; where it limits folders to so many messages, only those are: both are said, with what to change in the settings.',
    fr: 'Le spam et la corbeille sont laissés, sauf si l’adresse dit « spam=yes », « trash=yes » ; les conversations Chat sont laissées. Les trois sont comptés et nommés. Si le compte cache « Tous les messages » à IMAP, seul le courrier avec un libellé visible est vu ; s’il limite les dossiers à un nombre de messages, seuls ceux-là le sont : les deux sont dits, avec le réglage à changer.',
  },
  {
    about: 'delta',
    keeps: 'yes',
    en: 'An account that has not changed costs no listing. After any change All Mail is listed once (about 200 bytes a message), and only what differs is told: new, gone, marks, labels that decide the folder. A change of the labels noted beside is not told.',
    fr: 'Un compte inchangé ne coûte aucune liste. Après un changement, « Tous les messages » est listé une fois (environ 200 octets par message), et seul ce qui diffère est transmis : nouveau, disparu, marques, libellés qui décident du dossier. Un changement des libellés notés à côté n’est pas transmis.',
  },
  {
    about: 'quota',
    keeps: 'yes',
    en: 'Google lets an account download 2,500 MB a day by IMAP and upload 500 MB. Four fifths of it are used in any 24 hours (“daily=MB” says otherwise), because telephones and mail programs draw on the same. What was spent is remembered across runs; when it is used up the run rests and goes on by itself. When Google locks the account all the same, it rests, too.',
    fr: 'Google laisse un compte télécharger 2 500 Mo par jour par IMAP et en envoyer 500. Les quatre cinquièmes sont utilisés sur toute période de 24 heures (« daily=Mo » en décide autrement), car téléphones et logiciels de courrier puisent dans le même compte. Ce qui a été dépensé est retenu d’une exécution à l’autre ; quand c’est épuisé, l’exécution se repose et reprend toute seule. Si Google bloque le compte malgré tout, elle se repose aussi.',
  },
  {
    about: 'memory',
    keeps: 'yes',
    en: 'About 45 bytes a message while the account is read.',
    fr: 'Environ 45 octets par message pendant la lecture du compte.',
  },
];
