import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNotMail, type Role, roleOf } from './role.ts';

const byName = (...path: string[]) => roleOf({ path })?.role ?? null;

test('names people made are folders like any other', () => {
  for (const name of [
    'Clients',
    'Important',
    'Todos',
    'Archive 2019',
    'Sent to Bob',
    'Werbung',
    'Junkers',
    '',
    ' ',
    'Envoyé par Paul',
  ]) {
    assert.equal(byName(name), null, name);
  }
  assert.equal(byName('Clients', 'Sent'), null);
  assert.equal(byName('INBOX', 'Clients', 'Sent'), null);
  assert.equal(byName('INBOX', 'Inbox'), null);
  assert.equal(byName('Gmail', 'Trash'), null);
});

test('what the store says comes first', () => {
  assert.deepEqual(roleOf({ path: ['Corbeille'], specialUse: ['\\HasNoChildren', '\\Sent'] }), {
    role: 'sent',
    by: 'store',
  });
  assert.deepEqual(roleOf({ path: ['A', 'B', 'C'], specialUse: ['\\JUNK'] }), { role: 'junk', by: 'store' });
  assert.deepEqual(roleOf({ path: ['[Gmail]', 'Tous les messages'], specialUse: ['\\All'] }), {
    role: 'all',
    by: 'store',
  });
  assert.deepEqual(roleOf({ path: ['Corbeille'], specialUse: ['\\HasNoChildren'] }), {
    role: 'trash',
    by: 'name',
  });
  assert.deepEqual(roleOf({ path: ['inbox'] }), { role: 'inbox', by: 'store' });
});

test('names of servers and mail programs, in ten languages', () => {
  const names: Record<string, Role> = {
    'Éléments envoyés': 'sent',
    'Messages envoyés': 'sent',
    Envoyés: 'sent',
    'Sent Items': 'sent',
    Sent: 'sent',
    'Gesendete Elemente': 'sent',
    'Elementos enviados': 'sent',
    'Posta inviata': 'sent',
    'Itens enviados': 'sent',
    'Verzonden items': 'sent',
    'Elementy wysłane': 'sent',
    'العناصر المرسلة': 'sent',
    送信済みアイテム: 'sent',
    Brouillons: 'drafts',
    Drafts: 'drafts',
    Entwürfe: 'drafts',
    Borradores: 'drafts',
    Bozze: 'drafts',
    Rascunhos: 'drafts',
    Concepten: 'drafts',
    'Wersje robocze': 'drafts',
    المسودات: 'drafts',
    下書き: 'drafts',
    Corbeille: 'trash',
    'Éléments supprimés': 'trash',
    'Deleted Items': 'trash',
    'Deleted Messages': 'trash',
    Papierkorb: 'trash',
    'Elementos eliminados': 'trash',
    Cestino: 'trash',
    Lixeira: 'trash',
    Prullenbak: 'trash',
    Kosz: 'trash',
    'العناصر المحذوفة': 'trash',
    ゴミ箱: 'trash',
    'Courrier indésirable': 'junk',
    Indésirables: 'junk',
    'Junk E-mail': 'junk',
    Spam: 'junk',
    'Correo no deseado': 'junk',
    'Posta indesiderata': 'junk',
    'Lixo Eletrônico': 'junk',
    'Ongewenste e-mail': 'junk',
    'Wiadomości-śmieci': 'junk',
    'البريد الإلكتروني غير الهام': 'junk',
    迷惑メール: 'junk',
    "Boîte d'envoi": 'outbox',
    'Boîte d’envoi': 'outbox',
    Postausgang: 'outbox',
    'Unsent Messages': 'outbox',
    送信トレイ: 'outbox',
    Archives: 'archive',
    Archiv: 'archive',
    アーカイブ: 'archive',
    'Boîte de réception': 'inbox',
    受信トレイ: 'inbox',
  };
  for (const [name, role] of Object.entries(names)) {
    for (const written of [
      name,
      name.normalize('NFD'),
      name.toUpperCase(),
      ` ${name} `,
      name.replaceAll(' ', '_'),
    ]) {
      assert.equal(byName(written), role, written);
    }
    if (role !== 'inbox') assert.equal(byName('INBOX', name), role, `INBOX/${name}`);
  }
  assert.equal(byName('Elements envoyes'), 'sent', 'accents lost on the way');
});

test('Gmail', () => {
  assert.equal(byName('[Gmail]', 'Tous les messages'), 'all');
  assert.equal(byName('[Google Mail]', 'Bin'), 'trash');
  assert.equal(byName('[Gmail]', 'Messages suivis'), 'flagged');
  assert.equal(byName('[Gmail]', 'Important'), 'important');
  assert.equal(byName('[Gmail]', 'Corbeille', 'x'), null);
  assert.equal(byName('[Gmail]'), null);
});

test('where all lies below the inbox', () => {
  assert.equal(roleOf({ path: ['INBOX', 'Trash'], inboxPrefix: true })?.role, 'trash');
  assert.equal(roleOf({ path: ['Boîte de réception'], inboxPrefix: true }), null);
});

test('folders that hold no mail', () => {
  for (const name of [
    'Calendrier',
    'CALENDAR',
    'Tâches',
    'Contacts',
    'Notes',
    'Journal',
    'Contacts suggérés',
  ])
    assert.ok(isNotMail(name), name);
  for (const name of ['INBOX', 'Calendrier 2019', 'Notes de frais', 'Sent', ''])
    assert.ok(!isNotMail(name), name);
});
