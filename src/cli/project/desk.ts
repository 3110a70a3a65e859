import type { ProjectFolder } from '../../app/project/folder/files.ts';
import type { ImportRow, ImportSummary } from '../../app/project/prepare-view.ts';
import type { Answered } from '../../cockpit/contract/route.ts';
import type { Routes } from '../../cockpit/contract/routes.ts';
import type { Id } from '../../records/facts.ts';
import type { Context } from '../command.ts';

export type Road = Answered<Routes['GET /organisations/{organisation}/road']>;
export type WaveDetail = Answered<Routes['GET /organisations/{organisation}/waves/{wave}']>;
export type PreviewRow = Pick<ImportRow, 'line' | 'verdict' | 'address' | 'name'> & {
  reasons: readonly {
    code: string;
    severity: string;
    value: string | null;
    other: string | null;
  }[];
};

/** A prepared file that was read: what would come of it. */
export interface Read {
  id: Id;
  counts: Pick<ImportSummary['counts'], 'create' | 'change' | 'same' | 'refuse'>;
  newSites: string[];
  newWaves: string[];
  ready: boolean;
  /** Of the whole file. */
  file: PreviewRow['reasons'];
  /** All that are not left as they are. */
  rows: PreviewRow[];
}

export const WAVE_ACTS = ['start', 'pause', 'resume', 'pass', 'check'] as const;
export type WaveAct = (typeof WAVE_ACTS)[number];

/** What this process does itself. */
export interface Moving {
  start(): Promise<void>;
  /** Whether every account of a wave has answered since then. */
  checked(organisation: Id, wave: Id, sinceMs: number): Promise<boolean>;
}

/** Everything that the commands of a project ask for: of the data folder itself, or of a server that serves it. */
export interface Desk {
  organisations(): Promise<{ id: Id; name: string }[]>;
  road(organisation: Id): Promise<Road>;
  waves(organisation: Id): Promise<{ id: Id; name: string }[]>;
  wave(organisation: Id, wave: Id): Promise<WaveDetail>;
  act(organisation: Id, wave: WaveDetail, act: WaveAct, last: boolean): Promise<void>;
  /** Reads a prepared file; nothing is written. */
  read(organisation: Id, name: string, bytes: Uint8Array): Promise<Read>;
  confirm(organisation: Id, read: Read): Promise<{ created: number; changed: number; same: number }>;
  folder(organisation: Id): Promise<ProjectFolder>;
  /** Null at a server: there a project is made in the cockpit. */
  importFolder: ((folder: ProjectFolder) => Promise<Id>) | null;
  /** Moves what is asked for; null at a server, which does so by itself. */
  move: Moving | null;
  close(): Promise<void>;
}

/**
 * By `--server` and `--token`, else on the data folder.
 *
 * @throws Trouble `malformed` (`read-address`, `read-secret`): options; `busy` (`open-records`): the folder is in use
 */
export async function openDesk(context: Context): Promise<Desk> {
  if (context.options.server !== undefined) return (await import('./at-server.ts')).openServerDesk(context);
  return (await import('./at-folder.ts')).openFolderDesk(context);
}
