import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { makeItem, string8 } from './item.fixture.ts';
import { itemKind, kindOfClass } from './kind.ts';
import { keywordOf, marksOf, receivedAtOf } from './marks.ts';
import { PidTag, PropertySet } from './properties.ts';

test('kinds by message class, whatever its case and what is below it', () => {
  for (const [name, kind] of [
    ['IPM.Note', 'mail'],
    ['IPM.Note.SMIME.MultipartSigned', 'mail'],
    ['REPORT.IPM.Note.NDR', 'mail'],
    ['IPM.Schedule.Meeting.Request', 'mail'],
    ['IPM.Outlook.Recall', 'mail'],
    ['IPM.Contact', 'contact'],
    ['IPM.DistList', 'distribution-list'],
    ['IPM.Appointment.Birthday', 'appointment'],
    ['IPM.TaskRequest.Accept', 'mail'],
    ['IPM.Task', 'task'],
    ['IPM.StickyNote', 'note'],
    ['IPM.Activity', 'journal'],
    ['IPM.Notebook', 'other'],
    ['IPM.Configuration.MRM', 'other'],
    ['', 'mail'],
  ] as const) {
    assert.equal(kindOfClass(name.toLowerCase()), kind, name);
  }
  assert.equal(
    itemKind(makeItem({ properties: { [PidTag.MessageClass]: string8(Buffer.from('IPM.contact\0')) } })),
    'contact',
  );
  assert.equal(itemKind(makeItem({ damaged: [PidTag.MessageClass] })), 'mail');
});

test('marks: read, draft, answered, forwarded, flagged, categories', () => {
  const item = makeItem({
    properties: {
      [PidTag.MessageFlags]: 0x9,
      [PidTag.LastVerbExecuted]: 103,
      [PidTag.IconIndex]: 0x106,
      [PidTag.FlagStatus]: 2,
    },
    named: [{ set: PropertySet.PublicStrings, name: 'Keywords', value: ['Priorité haute', 'Работа', '(a)'] }],
  });
  assert.deepEqual(
    marksOf(item),
    [
      '$Forwarded',
      '&BCAEMAQxBD4EQgQw-',
      'Priorite_haute',
      '\\Answered',
      '\\Draft',
      '\\Flagged',
      '\\Seen',
      '_a_',
    ].sort(),
  );
  assert.deepEqual(marksOf(makeItem({ damaged: [PidTag.MessageFlags] })), []);
  assert.deepEqual(marksOf(makeItem({ properties: { [PidTag.FlagStatus]: 1 } })), []);
});

test('a keyword is an atom whatever the category is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (category) => {
      assert.match(keywordOf(category), /^[\x21\x23\x24\x26\x27\x2b-\x5b\x5e-\x7a\x7c\x7d\x7e]{1,64}$/);
    }),
  );
});

test('arrival: delivery, else submission, whole seconds; 4501 is never', () => {
  const delivered = new Date('2019-05-17T09:30:12.999Z');
  const at = Date.UTC(2019, 4, 17, 9, 30, 12);
  assert.equal(receivedAtOf(makeItem({ properties: { [PidTag.MessageDeliveryTime]: delivered } })), at);
  assert.equal(
    receivedAtOf(
      makeItem({
        properties: {
          [PidTag.MessageDeliveryTime]: new Date(Date.UTC(4501, 0, 1)),
          [PidTag.ClientSubmitTime]: delivered,
        },
      }),
    ),
    at,
  );
  assert.equal(receivedAtOf(makeItem({})), null);
});
