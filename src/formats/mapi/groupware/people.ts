/** Who calls a meeting and who is invited (RFC 5545 §3.8.4.1, §3.8.4.3). */
import { type Address, addressOf, fromOf, isSmtp, recipientFacts, senderOf } from '../addresses.ts';
import { type Line, quoted } from '../content-line.ts';
import { PidTag } from '../properties.ts';
import { Values } from '../values.ts';
import { unlessDamaged } from './attached.ts';
import { Tag } from './ids.ts';
import type { Said } from './said.ts';

export interface Attendee extends Address {
  /** MS-OXOCAL §2.2.4.10.7: 1 must come, 2 may come, 3 a room or a thing. */
  type: number;
  /** MS-OXOCAL §2.2.4.10.2. */
  answer: string | null;
  isOrganizer: boolean;
}

const ATTENDEES_MAX = 10_000;
const ORGANIZER = 2;
const ANSWERS: readonly (string | undefined)[] = [
  undefined,
  undefined,
  'TENTATIVE',
  'ACCEPTED',
  'DECLINED',
  'NEEDS-ACTION',
];

export function attendeesOf(said: Said): Attendee[] {
  const { item, values, problems } = said;
  const attendees: Attendee[] = [];
  const read = (): void => {
    for (const bag of item.recipients()) {
      if (attendees.length >= ATTENDEES_MAX) {
        problems.add('too-many');
        return;
      }
      const of = new Values(bag, values.codePage, values.notes);
      const address = addressOf(recipientFacts(of), NOBODY, of);
      if (address === null) continue;
      if (isStandIn(address)) problems.add('address-unknown', address.name);
      attendees.push({
        ...address,
        type: (of.number(PidTag.RecipientType) ?? 1) & 0xf,
        answer: ANSWERS[of.number(Tag.RecipientTrackStatus) ?? 0] ?? null,
        isOrganizer: ((of.number(Tag.RecipientFlags) ?? 0) & ORGANIZER) !== 0,
      });
    }
  };
  unlessDamaged(said, '', read);
  return attendees;
}

const NOBODY: ReadonlyMap<string, string> = new Map();

/** A stand-in of ours for an address that only Exchange knows. */
function isStandIn({ address }: Address): boolean {
  return address.endsWith('.invalid');
}

export function organizerOf({ values, problems }: Said, attendees: readonly Attendee[]): Address | null {
  const told = fromOf(values, NOBODY) ?? senderOf(values, NOBODY);
  const listed = attendees.find(({ isOrganizer }) => isOrganizer);
  if (told !== null && !isStandIn(told)) return told;
  if (listed !== undefined && !isStandIn(listed)) return listed;
  const best = told ?? listed ?? null;
  if (best !== null) problems.add('address-unknown', best.name);
  return best;
}

/** Of an appointment without anyone else: none. */
export function peopleLines(said: Said): Line[] {
  const attendees = attendeesOf(said);
  if (attendees.length === 0) return [];
  const organizer = organizerOf(said, attendees);
  const others = attendees.filter(({ isOrganizer }) => !isOrganizer);
  return [
    ...(organizer === null ? [] : [personLine('ORGANIZER', organizer)]),
    ...others.map((attendee) => personLine(`ATTENDEE${parametersOf(attendee)}`, attendee)),
  ];
}

const ROLES: readonly (string | undefined)[] = [
  'REQ-PARTICIPANT',
  'REQ-PARTICIPANT',
  'OPT-PARTICIPANT',
  'NON-PARTICIPANT',
];

function parametersOf({ type, answer }: Attendee): string {
  const thing = type === 3 ? ';CUTYPE=RESOURCE' : '';
  return `${thing};ROLE=${ROLES[type] ?? 'REQ-PARTICIPANT'}${answer === null ? '' : `;PARTSTAT=${answer}`}`;
}

export function personLine(field: string, { name, address }: Address): Line {
  const shown = name === '' ? field : `${field};CN=${quoted(name)}`;
  return [shown, isSmtp(address) ? `mailto:${address}` : null];
}
