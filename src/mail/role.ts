/** What a folder is for (RFC 6154 §2, and the inbox). */
export type Role =
  | 'inbox'
  | 'sent'
  | 'drafts'
  | 'trash'
  | 'junk'
  | 'archive'
  | 'outbox'
  | 'all'
  | 'flagged'
  | 'important';

/** What is known of a folder. */
export interface FolderFacts {
  /** Root first; the inbox is `['INBOX']`. */
  path: readonly string[];
  /** The attributes its server gave it, e.g. `\Sent`. */
  specialUse?: readonly string[];
  /** Whether the server keeps all folders below the inbox (namespace `INBOX.`), so that one level down is the top. */
  inboxPrefix?: boolean;
}

/** RFC 6154 §2; XLIST's names (Gmail, before the RFC) for the same things. */
const BY_ATTRIBUTE: Readonly<Record<string, Role>> = {
  '\\inbox': 'inbox',
  '\\sent': 'sent',
  '\\drafts': 'drafts',
  '\\trash': 'trash',
  '\\junk': 'junk',
  '\\spam': 'junk',
  '\\archive': 'archive',
  '\\all': 'all',
  '\\allmail': 'all',
  '\\flagged': 'flagged',
  '\\starred': 'flagged',
  '\\important': 'important',
};

/**
 * Names as servers and mail programs write them: Exchange and Outlook, Gmail, Apple Mail, Thunderbird, Zimbra, Orange,
 * Free, Dovecot and Courier hosts. In French, English, German, Spanish, Italian, Portuguese, Dutch, Polish, Arabic,
 * Japanese. Compared without case, apostrophe form, hyphens and white space.
 */
const NAMES: Readonly<Partial<Record<Role, readonly string[]>>> = {
  inbox: [
    'INBOX',
    'Inbox',
    'Boîte de réception',
    'Boîte de reception',
    'Courrier entrant',
    'Posteingang',
    'Bandeja de entrada',
    'Posta in arrivo',
    'Caixa de entrada',
    'Postvak IN',
    'Skrzynka odbiorcza',
    'Odebrane',
    'علبة الوارد',
    'صندوق الوارد',
    'البريد الوارد',
    '受信トレイ',
    '受信箱',
  ],
  sent: [
    'Sent',
    'Sent Items',
    'Sent Mail',
    'Sent Messages',
    'Sent Email',
    'sent-mail',
    'Éléments envoyés',
    'Messages envoyés',
    'Message envoyé',
    'Envoyés',
    'Envoyé',
    'Courrier envoyé',
    'Courriers envoyés',
    'Mails envoyés',
    'E-mails envoyés',
    'Objets envoyés',
    'Gesendet',
    'Gesendete Elemente',
    'Gesendete Objekte',
    'Gesendete Nachrichten',
    'Enviados',
    'Elementos enviados',
    'Correo enviado',
    'Mensajes enviados',
    'Enviado',
    'Posta inviata',
    'Inviati',
    'Inviata',
    'Messaggi inviati',
    'Elementi inviati',
    'Itens enviados',
    'Mensagens enviadas',
    'E-mails enviados',
    'E-mail enviado',
    'Correio enviado',
    'Verzonden',
    'Verzonden items',
    'Verzonden berichten',
    'Verzonden objecten',
    'Wysłane',
    'Elementy wysłane',
    'Wysłane wiadomości',
    'Wiadomości wysłane',
    'العناصر المرسلة',
    'البريد المرسل',
    'الرسائل المرسلة',
    'المرسلة',
    'بريد مرسل',
    '送信済み',
    '送信済みアイテム',
    '送信済みメール',
    '送信済メール',
    '送信済みトレイ',
    '送信控え',
  ],
  drafts: [
    'Drafts',
    'Draft',
    'Draft Messages',
    'Brouillons',
    'Brouillon',
    'Messages non terminés',
    'Entwürfe',
    'Entwurf',
    'Borradores',
    'Borrador',
    'Bozze',
    'Bozza',
    'Rascunhos',
    'Rascunho',
    'Concepten',
    'Wersje robocze',
    'Kopie robocze',
    'Robocze',
    'Szkice',
    'المسودات',
    'مسودات',
    '下書き',
    '草稿',
  ],
  trash: [
    'Trash',
    'Trash Can',
    'Bin',
    'Deleted',
    'Deleted Items',
    'Deleted Messages',
    'Deleted Mail',
    'Corbeille',
    'Poubelle',
    'Éléments supprimés',
    'Messages supprimés',
    'Supprimés',
    'Courrier supprimé',
    'Objets supprimés',
    'Papierkorb',
    'Gelöscht',
    'Gelöschte Elemente',
    'Gelöschte Objekte',
    'Gelöschte Nachrichten',
    'Papelera',
    'Papelera de reciclaje',
    'Elementos eliminados',
    'Mensajes eliminados',
    'Eliminados',
    'Correo eliminado',
    'Cestino',
    'Posta eliminata',
    'Elementi eliminati',
    'Messaggi eliminati',
    'Eliminata',
    'Lixeira',
    'Lixo',
    'Itens excluídos',
    'Itens eliminados',
    'Mensagens excluídas',
    'Prullenbak',
    'Prullenmand',
    'Verwijderde items',
    'Verwijderde berichten',
    'Verwijderd',
    'Kosz',
    'Elementy usunięte',
    'Usunięte',
    'Wiadomości usunięte',
    'العناصر المحذوفة',
    'المهملات',
    'سلة المهملات',
    'المحذوفات',
    'ごみ箱',
    'ゴミ箱',
    '削除済みアイテム',
    '削除済みメッセージ',
    '削除済み',
  ],
  junk: [
    'Junk',
    'Junk Email',
    'Junk Mail',
    'Junk E-mail',
    'Spam',
    'Bulk',
    'Bulk Mail',
    'Courrier indésirable',
    'Courriers indésirables',
    'Indésirables',
    'Indésirable',
    'Pourriel',
    'Pourriels',
    'Messages indésirables',
    'Spams',
    'Unerwünscht',
    'Unerwünschte Werbung',
    'Spamverdacht',
    'Junk-E-Mail',
    'Correo no deseado',
    'Correo basura',
    'Posta indesiderata',
    'Indesiderata',
    'Lixo eletrônico',
    'Lixo Electrónico',
    'Correio eletrônico não solicitado',
    'Correio publicitário não solicitado',
    'Ongewenste e-mail',
    'Ongewenste reclame',
    'Ongewenst',
    'Wiadomości-śmieci',
    'Wiadomości śmieci',
    'Niechciane',
    'البريد الإلكتروني غير الهام',
    'البريد غير الهام',
    'بريد غير هام',
    'البريد العشوائي',
    'الرسائل غير المرغوب فيها',
    'غير مرغوب فيها',
    '迷惑メール',
    '迷惑メールフォルダ',
    'スパム',
  ],
  archive: [
    'Archive',
    'Archives',
    'Archivé',
    'Archivés',
    'Messages archivés',
    'Archiv',
    'Archivo',
    'Archivos',
    'Archivado',
    'Archivio',
    'Archiviati',
    'Arquivo',
    'Arquivos',
    'Arquivo Morto',
    'Archief',
    'Archiwum',
    'Archiwa',
    'الأرشيف',
    'أرشيف',
    'アーカイブ',
  ],
  outbox: [
    'Outbox',
    'Unsent Messages',
    "Boîte d'envoi",
    "Boite d'envoi",
    'Messages à envoyer',
    'À envoyer',
    'Postausgang',
    'Bandeja de salida',
    'Posta in uscita',
    'Caixa de saída',
    'Postvak UIT',
    'Skrzynka nadawcza',
    'Do wysłania',
    'علبة الصادر',
    'صندوق الصادر',
    'البريد الصادر',
    '送信トレイ',
    '送信箱',
  ],
  all: [
    'All Mail',
    'Tous les messages',
    'Alle Nachrichten',
    'Todos',
    'Tutti i messaggi',
    'Todos os e-mails',
    'Todo o correio',
    'Alle berichten',
    'Alle e-mail',
    'Wszystkie',
    'كل البريد',
    'すべてのメール',
  ],
  flagged: [
    'Starred',
    'Flagged',
    'Suivis',
    'Messages suivis',
    'Markiert',
    'Destacados',
    'Speciali',
    'Con estrella',
    'Com estrela',
    'Met ster',
    'Oznaczone gwiazdką',
    'مميز بنجمة',
    'スター付き',
  ],
  important: ['Important', 'Wichtig', 'Importantes', 'Importanti', 'Belangrijk', 'Ważne', 'مهم', '重要'],
};

/** Only Gmail has these; a folder that a person named `Important` or `Todos` elsewhere is just a folder. */
const GMAIL_ONLY: ReadonlySet<Role> = new Set(['all', 'flagged', 'important']);
const GMAIL_ROOT = /^\[(gmail|google ?mail)\]$/i;

/** Made by the first folder that needs it: folding some hundreds of names is felt at every start. */
function rolesByName(): ReadonlyMap<string, Role> {
  if (byName) return byName;
  byName = new Map();
  for (const [role, names] of Object.entries(NAMES)) {
    for (const name of names) byName.set(folded(name), role as Role);
  }
  return byName;
}

let byName: Map<string, Role> | undefined;

/**
 * What a folder is for, and how that is known: the store said so, or its name is in the table, at the top level or right
 * below the inbox or Gmail's own root. Null for a folder like any other.
 */
export function roleOf(facts: FolderFacts): { role: Role; by: 'store' | 'name' } | null {
  if (facts.path.length === 1 && facts.path[0]!.toUpperCase() === 'INBOX')
    return { role: 'inbox', by: 'store' };
  for (const attribute of facts.specialUse ?? []) {
    const role = BY_ATTRIBUTE[attribute.toLowerCase()];
    if (role !== undefined) return { role, by: 'store' };
  }
  const role = roleByName(facts);
  return role === null ? null : { role, by: 'name' };
}

function roleByName({ path, inboxPrefix }: FolderFacts): Role | null {
  const [first = '', second] = path;
  const gmail = path.length === 2 && GMAIL_ROOT.test(first.trim());
  const belowInbox = path.length === 2 && first.toUpperCase() === 'INBOX';
  if (path.length !== 1 && !gmail && !belowInbox) return null;
  const role = rolesByName().get(folded(second ?? first)) ?? null;
  if (role === null || (GMAIL_ONLY.has(role) && !gmail)) return null;
  // There is one inbox; a folder of its name below it, or beside it on a server that has INBOX, was made by a person.
  if (role === 'inbox' && (belowInbox || inboxPrefix === true)) return null;
  return role;
}

/**
 * Folders of Exchange and Zimbra that hold no mail, in French and English. The name alone is no proof: on a server that
 * only knows mail, a person may have named a folder of mail so.
 */
const NOT_MAIL: readonly string[] = [
  'Calendar',
  'Calendars',
  'Calendrier',
  'Calendriers',
  'Birthdays',
  'Anniversaires',
  'Contacts',
  'Suggested Contacts',
  'Contacts suggérés',
  'Emailed Contacts',
  'Personnes contactées par mail',
  'Recipient Cache',
  'Tasks',
  'Tâches',
  'Notes',
  'Journal',
];

let notMail: ReadonlySet<string> | undefined;

/** Whether a folder of this name, in an Exchange or Zimbra mailbox, holds calendar, contacts, tasks, notes or journal. */
export function isNotMail(name: string): boolean {
  notMail ??= new Set(NOT_MAIL.map(folded));
  return notMail.has(folded(name));
}

/** Most names are plain: nothing to take apart. */
const ASCII = /^[\x20-\x7e]*$/;

/** Lower case, without accents (old servers lost them), hyphens, underscores and white space; one kind of apostrophe. */
export function folded(name: string): string {
  const plain = ASCII.test(name) ? name : name.normalize('NFKD').replace(/\p{M}+/gu, '');
  return plain
    .toLowerCase()
    .replace(/[\u2018\u2019\u02bc\u00b4`]/g, "'")
    .replace(/[\s\-_\u2010-\u2015\u200b-\u200f]+/g, '');
}
