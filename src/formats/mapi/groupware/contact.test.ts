import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeItem, string8 } from '../item.fixture.ts';
import { PidLid, PidTag, PropertySet } from '../properties.ts';
import { compressRtf } from '../rtf.fixture.ts';
import { Lid, Tag } from './ids.ts';
import { fieldOf, meant, type ReadComponent, readComponents } from './lines.fixture.ts';
import { type RenderedItem, renderGroupware } from './render.ts';

function cardOf(facts: Parameters<typeof makeItem>[0], codePage = 1252): [ReadComponent, RenderedItem] {
  const properties = { [PidTag.MessageClass]: 'IPM.Contact', ...facts.properties };
  const rendered = renderGroupware(makeItem({ ...facts, properties }), codePage)!;
  const cards = readComponents(rendered.text);
  assert.equal(cards.length, 1);
  return [cards[0]!, rendered];
}

const address = (name: number, value: string | Buffer | Date) => ({ set: PropertySet.Address, name, value });

test('a contact: names in their parts, typed numbers, everything escaped and folded', () => {
  const [card, { problems, kind }] = cardOf({
    properties: {
      [PidTag.DisplayName]: 'Mme Émilie Martin, née Dupont',
      [PidTag.DisplayNamePrefix]: 'Mme',
      [PidTag.GivenName]: 'Émilie',
      [PidTag.Surname]: 'Martin',
      [PidTag.CompanyName]: 'Le Relais; SARL',
      [PidTag.DepartmentName]: 'Ventes',
      [PidTag.MobileTelephoneNumber]: '+33 6 12',
      [PidTag.BusinessFaxNumber]: '+33 1 23',
      [PidTag.HomeAddressStreet]: '1, rue de la Paix',
      [PidTag.HomeAddressCity]: 'Lyon',
      [PidTag.HomeAddressPostalCode]: '69001',
      [PidTag.Birthday]: new Date('1979-12-31T23:00:00Z'),
      [PidTag.Sensitivity]: 2,
      [PidTag.Body]: `Une ligne\r\n${'longue '.repeat(30)}é`,
    },
    named: [
      address(PidLid.Email1EmailAddress, 'emilie@example.org'),
      address(PidLid.Email2EmailAddress, '/o=x/cn=emilie'),
      address(PidLid.Email2OriginalDisplayName, 'Émilie (e.martin@example.org)'),
      address(PidLid.Email3EmailAddress, '/o=x/cn=none'),
      { set: PropertySet.PublicStrings, name: 'Keywords', value: ['Clients', 'A, B'] },
    ],
  });
  assert.equal(kind, 'contact');
  assert.deepEqual(problems, [{ code: 'address-unknown', on: '/o=x/cn=none' }]);
  const shown = card.lines.map(({ name, parameters, value }) =>
    [name, ...Object.values(parameters), value].join('|'),
  );
  for (const line of [
    'VERSION|3.0',
    'FN|Mme Émilie Martin\\, née Dupont',
    'N|Martin;Émilie;;Mme;',
    'EMAIL|INTERNET,PREF|emilie@example.org',
    'EMAIL|INTERNET|e.martin@example.org',
    'TEL|CELL,VOICE|+33 6 12',
    'TEL|WORK,FAX|+33 1 23',
    'ADR|HOME|;;1\\, rue de la Paix;Lyon;;69001;',
    'ORG|Le Relais\\; SARL;Ventes',
    'BDAY|1980-01-01',
    'CLASS|PRIVATE',
    'CATEGORIES|Clients,A\\, B',
  ])
    assert.ok(shown.includes(line), `${line}\n${shown.join('\n')}`);
  assert.equal(meant(fieldOf(card, 'NOTE')!), `Une ligne\n${'longue '.repeat(30)}é`);
});

test('without a shown name, the given name comes first; N is there all the same', () => {
  const [card] = cardOf({ properties: { [PidTag.GivenName]: 'Zoé', [PidTag.Surname]: 'Le Goff' } });
  assert.equal(fieldOf(card, 'FN'), 'Zoé Le Goff');
  const [nameless] = cardOf({ named: [address(PidLid.Email1EmailAddress, 'a@example.org')] });
  assert.equal(fieldOf(nameless, 'FN'), 'a@example.org');
  assert.equal(fieldOf(nameless, 'N'), ';;;;');
});

test('texts of ANSI files are read in the code page of the store', () => {
  const [card] = cardOf(
    {
      properties: {
        [PidTag.DisplayName]: string8(Buffer.from([0xce, 0xeb, 0xfc, 0xe3, 0xe0])),
        [PidTag.MessageClass]: string8(Buffer.from('IPM.Contact')),
      },
    },
    1251,
  );
  assert.equal(fieldOf(card, 'FN'), 'Ольга');
});

test('a note that is only rich text, a picture, a birthday of its own day', () => {
  const rtf = "{\\rtf1\\ansi\\ansicpg1252 Bonjour \\b l'\\'e9t\\'e9\\b0\\par fin}";
  const [card, { problems }] = cardOf({
    properties: {
      [PidTag.RtfCompressed]: compressRtf(Buffer.from(rtf)),
      [PidTag.Birthday]: new Date('1980-01-01T12:00:00Z'),
    },
    named: [address(Lid.BirthdayLocal, new Date('1980-01-02T00:00:00Z'))],
    attachments: [
      {
        properties: {
          [PidTag.AttachLongFilename]: 'ContactPicture.jpg',
          [PidTag.AttachMethod]: 1,
          [PidTag.AttachDataBinary]: Buffer.alloc(3000, 0xd8),
          [Tag.AttachmentContactPhoto]: true,
        },
      },
      { properties: { [PidTag.AttachLongFilename]: 'cv.pdf', [PidTag.AttachDataBinary]: Buffer.alloc(9) } },
    ],
  });
  assert.deepEqual(problems, [{ code: 'attachment-elsewhere', on: 'cv.pdf' }]);
  assert.equal(meant(fieldOf(card, 'NOTE')!), "Bonjour l'été\nfin");
  assert.equal(fieldOf(card, 'BDAY'), '1980-01-02');
  const photo = card.lines.find(({ name }) => name === 'PHOTO')!;
  assert.deepEqual(photo.parameters, { ENCODING: 'b', TYPE: 'JPEG' });
  assert.ok(Buffer.from(photo.value, 'base64').equals(Buffer.alloc(3000, 0xd8)));
});

/** MS-OXCDATA §2.2.5.1. */
function oneOff(name: string, type: string, email: string): Buffer {
  const head = Buffer.from('00000000812b1fa4bea310199d6e00dd010f540200000090', 'hex');
  return Buffer.concat([head, Buffer.from(`${name}\0${type}\0${email}\0`, 'utf16le')]);
}

test('a list names its members, with and without an address', () => {
  const [card, { kind, problems }] = cardOf({
    properties: { [PidTag.MessageClass]: 'IPM.DistList', [PidTag.DisplayName]: 'Équipe' },
    named: [
      {
        set: PropertySet.Address,
        name: Lid.OneOffMembers,
        value: [
          oneOff('Émile', 'SMTP', 'emile@example.org'),
          oneOff('Fax', 'FAX', '+33'),
          oneOff('Zoé', 'SMTP', 'zoe@example.org'),
        ],
      },
    ],
  });
  assert.equal(kind, 'distribution-list');
  assert.deepEqual(problems, [{ code: 'member-unknown', on: 'Fax' }]);
  assert.equal(fieldOf(card, 'KIND'), 'group');
  assert.deepEqual(
    card.lines.filter(({ name }) => name === 'MEMBER').map(({ value }) => value),
    ['mailto:emile@example.org', 'mailto:zoe@example.org'],
  );
  assert.equal(meant(fieldOf(card, 'NOTE')!), 'Émile <emile@example.org>\nFax <+33>\nZoé <zoe@example.org>');
});

test('an id of its own: the same for the same item, another for another', () => {
  const uid = (facts: Parameters<typeof makeItem>[0]): string => fieldOf(cardOf(facts)[0], 'UID')!;
  const key = (n: number) => ({ properties: { [Tag.SearchKey]: Buffer.alloc(16, n) } });
  assert.equal(uid(key(1)), uid(key(1)));
  assert.notEqual(uid(key(1)), uid(key(2)));
  const named = (name: string) => ({ properties: { [PidTag.DisplayName]: name } });
  assert.equal(uid(named('A')), uid(named('A')));
  assert.notEqual(uid(named('A')), uid(named('B')));
});

test('damage in a part is told, and the rest is there', () => {
  const [card, { problems }] = cardOf({
    properties: { [PidTag.DisplayName]: 'Marie', [PidTag.CompanyName]: 'X' },
    damaged: [PidTag.CompanyName],
  });
  assert.deepEqual(problems, [{ code: 'part-damaged', on: '' }]);
  assert.equal(fieldOf(card, 'FN'), 'Marie');
});
