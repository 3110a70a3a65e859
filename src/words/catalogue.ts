import type { Finding, ReasonCode } from '../engine/event.ts';
import type { Role } from '../mail/role.ts';
import type { Attempt, TroubleKind } from '../trouble.ts';
import type { en } from './en.ts';

type Texts<T> = { [K in keyof T]: T[K] extends string ? string : Texts<T[K]> };

/** The shape that every language fills. */
export type Catalogue = Texts<typeof en>;

/** Every closed list of the code has all its words, and no word for what is not in the list. */
type Covers<Part, Names extends string> = [Names, keyof Part] extends [keyof Part, Names] ? true : never;
const covered: [
  Covers<Catalogue['trouble']['attempt'], Attempt>,
  Covers<Catalogue['trouble']['came'], TroubleKind>,
  Covers<Catalogue['trouble']['advice'], TroubleKind>,
  Covers<Catalogue['reason'], ReasonCode>,
  Covers<Catalogue['finding'], Finding['is']>,
  Covers<Catalogue['same'], NonNullable<Finding['by']>>,
  Covers<Catalogue['role'], Role>,
] = [true, true, true, true, true, true, true];
void covered;

/** Dotted paths of all texts; the forms `…_one` and `…_other` are one key, chosen by `count`. */
type Paths<T> = {
  [K in keyof T & string]: T[K] extends string
    ? K extends `${infer Stem}_one` | `${infer Stem}_other`
      ? Stem
      : K
    : `${K}.${Paths<T[K]>}`;
}[keyof T & string];

export type Key = Paths<Catalogue>;
