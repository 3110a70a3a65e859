import type { cockpitEn } from './en.ts';

type Texts<T> = { [K in keyof T]: T[K] extends string ? string : Texts<T[K]> };

/** The shape that every language of the cockpit fills. */
export type CockpitCatalogue = Texts<typeof cockpitEn>;

type Paths<T> = {
  [K in keyof T & string]: T[K] extends string
    ? K extends `${infer Stem}_one` | `${infer Stem}_other`
      ? Stem
      : K
    : `${K}.${Paths<T[K]>}`;
}[keyof T & string];

/** Dotted paths of all texts; the forms `…_one` and `…_other` are one key, chosen by `count`. */
export type CockpitKey = Paths<CockpitCatalogue>;
