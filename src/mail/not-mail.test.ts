import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notMailBy } from './not-mail.ts';
import { roleOf } from './role.ts';

test('folders of groupware are known by their names, in the languages of the roles', () => {
  for (const [name, kind] of [
    ['Calendrier', 'items'],
    ['Tâches', 'items'],
    ['TACHES', 'items'],
    ['Contacts suggérés', 'items'],
    ['Emailed Contacts', 'items'],
    ['Kalender', 'items'],
    ['Contactpersonen', 'items'],
    ['連絡先', 'items'],
    ['Historique des conversations', 'chats'],
    ['Chats', 'chats'],
    ['Problèmes de synchronisation', 'logs'],
    ['Flux RSS', 'logs'],
    ['RSS-Feeds', 'logs'],
    ['Clients', null],
    ['Notes de frais', null],
    ['Calendrier 2019', null],
    ['', null],
  ] as const)
    assert.equal(notMailBy(name), kind, name);
});

test('no name of a role is the name of something that holds no mail', () => {
  for (const name of [
    'INBOX',
    'Éléments envoyés',
    'Brouillons',
    'Archive',
    'Archives',
    'Outbox',
    'Boîte d’envoi',
  ])
    assert.equal(notMailBy(name), null, name);
  for (const name of ['Calendrier', 'Notes', 'Flux RSS', 'Journal', 'Chats'])
    assert.equal(roleOf({ path: [name] }), null, name);
});
