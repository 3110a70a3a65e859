import type { AnswerOf } from '../api/ask.ts';
import type { Key } from '../words/words.tsx';

type Road = AnswerOf<'GET /organisations/{organisation}/road'>;

/** Where a page stands in the navigation. */
export const groups = ['road', 'prepare', 'move', 'prove', 'administer'] as const;
export type Group = (typeof groups)[number];

/**
 * A page of an organisation. Its file `pages/NAME/page.tsx` exports the component as `default`; it is loaded when it is first gone to.
 */
export interface PageFacts {
  /** Under `/o/$organisation/`; may hold `$name` parts. */
  path: string;
  /** Null: gone to from other pages only. */
  group: Group | null;
  /** Its name in the navigation and the palette. */
  word: Key;
  /** The action that the operator needs (`roles.ts` of the server). */
  may: string;
  /** Pressed after `g`: go there. */
  letter?: string;
  /** The number beside its name; null or 0: none. */
  count?: (road: Road) => number | null;
  load: () => Promise<{ default: () => React.ReactNode }>;
}

/** Every page, in the order of the navigation. A page that does not stand here does not exist. */
export const pages: readonly PageFacts[] = [
  {
    path: '',
    group: 'road',
    word: 'shell.nav.road',
    may: 'visit',
    letter: 'r',
    load: () => import('./road/page.tsx'),
  },
  {
    path: 'inventory',
    group: 'road',
    word: 'inventory.nav',
    may: 'see-findings',
    letter: 'i',
    count: (road) => road.inventory.accounts,
    load: () => import('./inventory/page.tsx'),
  },
  {
    path: 'people',
    group: 'prepare',
    word: 'people.nav',
    may: 'see',
    letter: 'p',
    count: (road) => road.people,
    load: () => import('./people/page.tsx'),
  },
  {
    path: 'import',
    group: 'prepare',
    word: 'people.file.nav',
    may: 'import',
    load: () => import('./import/page.tsx'),
  },
  {
    path: 'waves',
    group: 'move',
    word: 'runs.nav',
    may: 'see',
    letter: 'e',
    load: () => import('./waves/page.tsx'),
  },
  {
    path: 'waves/$wave',
    group: null,
    word: 'runs.nav',
    may: 'see',
    load: () => import('./wave/page.tsx'),
  },
  {
    path: 'operators',
    group: 'administer',
    word: 'operators.nav',
    may: 'operators',
    letter: 'o',
    load: () => import('./operators/page.tsx'),
  },
  {
    path: 'settings',
    group: 'administer',
    word: 'settings.nav',
    may: 'settings',
    letter: 's',
    load: () => import('./settings/page.tsx'),
  },
  {
    path: 'audit',
    group: 'administer',
    word: 'settings.audit.nav',
    may: 'audit',
    letter: 'j',
    load: () => import('./audit/page.tsx'),
  },
  {
    path: 'account',
    group: 'administer',
    word: 'settings.account.nav',
    may: 'visit',
    letter: 'm',
    load: () => import('./account/page.tsx'),
  },
  {
    path: 'findings',
    group: 'move',
    word: 'findings.nav',
    may: 'see-findings',
    letter: 'f',
    count: (road) => road.openFindings,
    load: () => import('./findings/page.tsx'),
  },
  {
    path: 'certificates',
    group: 'prove',
    word: 'certificates.nav',
    may: 'export',
    letter: 'c',
    load: () => import('./certificates/page.tsx'),
  },
];

/** Whether there is a page at this path: links to pages that are not there are not shown. */
export function hasPage(path: string): boolean {
  return pages.some((page) => page.path === path);
}
