/** What others make of our texts: Debian's python3-icalendar, python3-vobject and python3-dateutil, where they are there. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { makeItem } from '../item.fixture.ts';
import { PidLid, PidTag, PropertySet } from '../properties.ts';
import { type SeriesFacts, series } from './outlook.fixture.ts';
import { calendarText, renderGroupware } from './render.ts';

const SCRIPT = `
import json, sys
from icalendar import Calendar
from dateutil.rrule import rrulestr
from zoneinfo import ZoneInfo
import vobject
asked = json.load(sys.stdin)
told = {'series': [], 'cards': []}
for text in asked['calendars']:
    events = [e for e in Calendar.from_ical(text).walk('VEVENT')]
    first = events[0]
    zone = ZoneInfo(first['DTSTART'].params['TZID'])
    there = lambda when: when.dt.replace(tzinfo=zone)
    start = there(first['DTSTART'])
    rule = rrulestr(first['RRULE'].to_ical().decode(), dtstart=start)
    moved = {there(e['RECURRENCE-ID']): there(e['DTSTART']) for e in events[1:]}
    out = [there(d) for d in first['EXDATE'].dts] if 'EXDATE' in first else []
    dates = [moved.get(d, d) for d in rule if d not in out]
    told['series'].append([d.isoformat() for d in dates])
for text in asked['cards']:
    for card in vobject.readComponents(text):
        told['cards'].append([card.fn.value, card.n.value.family, card.email.value])
json.dump(told, sys.stdout)
`;

const PYTHONS = ['/usr/bin/python3', 'python3'];
const python = PYTHONS.find(
  (name) =>
    spawnSync(name, ['-c', 'import icalendar, vobject, dateutil'], { stdio: 'ignore', timeout: 30_000 })
      .status === 0,
);

const day = (of: number): number => 1 << of;
const CASES: readonly (readonly [SeriesFacts, string[]])[] = [
  [
    {
      ...{ frequency: 'weekly', kind: 1, specific: [day(1)], period: 1, first: '2024-03-18' },
      end: { count: 5, on: '2024-04-15' },
      deleted: ['2024-04-01'],
      changed: [{ was: '2024-03-25T09:00', start: '2024-03-26T14:00', end: '2024-03-26T15:00' }],
    },
    [
      ...['2024-03-18T09:00:00+01:00', '2024-03-26T14:00:00+01:00'],
      ...['2024-04-08T09:00:00+02:00', '2024-04-15T09:00:00+02:00'],
    ],
  ],
  [
    {
      ...{ frequency: 'monthly', kind: 2, specific: [30], period: 1, first: '2024-01-30' },
      end: { count: 3, on: '2024-03-30' },
    },
    ['2024-01-30T09:00:00+01:00', '2024-02-29T09:00:00+01:00', '2024-03-30T09:00:00+01:00'],
  ],
  [
    {
      ...{ frequency: 'yearly', kind: 2, specific: [29], period: 12, first: '2020-02-29' },
      end: { count: 3, on: '2022-02-28' },
    },
    ['2020-02-29T09:00:00+01:00', '2021-02-28T09:00:00+01:00', '2022-02-28T09:00:00+01:00'],
  ],
  [
    {
      ...{ frequency: 'daily', kind: 0, period: 1440, first: '2024-01-01', end: { on: '2024-01-02' } },
      ...{ zone: 'Pacific Standard Time', offsets: [20 * 60, 21 * 60] },
    },
    ['2024-01-01T20:00:00-08:00', '2024-01-02T20:00:00-08:00'],
  ],
];

test('other programs see the same days, names and addresses', {
  skip: python === undefined && 'no python3-icalendar, python3-vobject and python3-dateutil here',
}, () => {
  const calendars = CASES.map(([facts]) => {
    const { zones, text } = renderGroupware(series(facts), 1252)!;
    return calendarText(
      zones.map((zone) => zone.text),
      text,
      null,
    );
  });
  const properties = {
    [PidTag.MessageClass]: 'IPM.Contact',
    [PidTag.GivenName]: 'Zoé; Anne',
    [PidTag.Surname]: `Le Goff, ${'née '.repeat(30)}`.trim(),
    [PidTag.Body]: 'é'.repeat(200),
  };
  const named = [{ set: PropertySet.Address, name: PidLid.Email1EmailAddress, value: 'zoe@example.org' }];
  const cards = [renderGroupware(makeItem({ properties, named }), 1252)!.text];
  const input = JSON.stringify({ calendars, cards });
  const ended = spawnSync(python!, ['-c', SCRIPT], { input, encoding: 'utf8', timeout: 60_000 });
  assert.equal(ended.status, 0, ended.stderr);
  const surname = properties[PidTag.Surname];
  assert.deepEqual(JSON.parse(ended.stdout), {
    series: CASES.map(([, dates]) => dates),
    cards: [[`Zoé; Anne ${surname}`, surname, 'zoe@example.org']],
  });
});
