import { folded, isNotMail } from './role.ts';

/**
 * What a folder of a groupware mailbox holds in place of mail. `items`: contacts, appointments, tasks, notes, shown as if
 * they were messages; `chats`: conversations; `logs`: what the mail program noted for itself, and news feeds.
 */
export type NotMail = 'items' | 'chats' | 'logs';

/**
 * As Exchange, Outlook and Zimbra name them by themselves; English and French also in `isNotMail`. The languages are those
 * of the roles. A name alone is no proof: see `docs/decisions/exchange.md`.
 */
const NAMES: Readonly<Record<NotMail, readonly string[]>> = {
  items: [
    'Kalender',
    'Kontakte',
    'Vorgeschlagene Kontakte',
    'Aufgaben',
    'Notizen',
    'Geburtstage',
    'Calendario',
    'Contactos',
    'Tareas',
    'Notas',
    'Diario',
    'Cumpleaños',
    'Contatti',
    'Attività',
    'Note',
    'Compleanni',
    'Calendário',
    'Contatos',
    'Tarefas',
    'Anotações',
    'Diário',
    'Aniversários',
    'Agenda',
    'Contactpersonen',
    'Taken',
    'Notities',
    'Logboek',
    'Verjaardagen',
    'Kalendarz',
    'Kontakty',
    'Zadania',
    'Notatki',
    'Dziennik',
    'Urodziny',
    'التقويم',
    'جهات الاتصال',
    'المهام',
    'الملاحظات',
    'دفتر اليومية',
    '予定表',
    '連絡先',
    'タスク',
    'メモ',
    '履歴',
    'Files',
    'Fichiers',
    'Briefcase',
    'Porte-documents',
  ],
  chats: [
    'Chats',
    'Conversation History',
    'Historique des conversations',
    'Historique de conversation',
    'Aufgezeichnete Unterhaltungen',
    'Verlauf der Unterhaltung',
    'Historial de conversaciones',
    'Cronologia conversazioni',
    'Histórico de Conversa',
    'Histórico de Conversação',
    'Gespreksgeschiedenis',
    'Historia konwersacji',
    'محفوظات المحادثات',
    '会話履歴',
  ],
  logs: [
    'Sync Issues',
    'Problèmes de synchronisation',
    'Synchronisierungsprobleme',
    'Problemas de sincronización',
    'Problemi di sincronizzazione',
    'Problemas de Sincronização',
    'Synchronisatieproblemen',
    'Problemy z synchronizacją',
    'مشاكل المزامنة',
    '同期の失敗',
    'RSS Feeds',
    'RSS Subscriptions',
    'Flux RSS',
    'RSS-Feeds',
    'Fuentes RSS',
    'Feed RSS',
    'Feeds RSS',
    'RSS-feeds',
    'Źródła RSS',
    'RSS フィード',
  ],
};

let byName: Map<string, NotMail> | undefined;

/** What a top-level folder of this name holds in an Exchange or Zimbra mailbox; null for a folder of mail. */
export function notMailBy(name: string): NotMail | null {
  if (isNotMail(name)) return 'items';
  if (byName === undefined) {
    byName = new Map();
    for (const [kind, names] of Object.entries(NAMES))
      for (const one of names) byName.set(folded(one), kind as NotMail);
  }
  return byName.get(folded(name)) ?? null;
}
