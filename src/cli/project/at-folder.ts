import { availableParallelism, userInfo } from 'node:os';
import { dataFolder } from '../../app/data.ts';
import { holdProject } from '../../app/project/alone.ts';
import { importProjectFolder, projectFolder } from '../../app/project/folder/project.ts';
import { confirmed, type Import, readImport } from '../../app/project/prepare-session.ts';
import { rowsOf, summaryOf } from '../../app/project/prepare-view.ts';
import { openProject, type Project, type Reach } from '../../app/project/project.ts';
import { roadOf } from '../../app/project/road.ts';
import { waveActs, waveView } from '../../app/project/waves.ts';
import { usage } from '../../app/usage.ts';
import type { Id } from '../../records/facts.ts';
import type { Context } from '../command.ts';
import type { Desk, PreviewRow, Read, WaveAct, WaveDetail } from './desk.ts';

/** A file may have a hundred thousand rows; what stays as it is needs no reading. */
const ROWS_MAX = 100_000;
/** As `serve`. */
const MOVES_PER_CORE = 2;

/** On the data folder itself, while nobody else uses it. */
export async function openFolderDesk(context: Context): Promise<Desk> {
  const { options } = context;
  if (options.token !== undefined) throw usage('token-alone', '--token');
  const words = context.words();
  const release = await holdProject(dataFolder(options.data));
  const project = await openProject({
    ...{ data: options.data, language: words.language, reach: reachOf(options.allowHosts) },
    movesAtOnce: availableParallelism() * MOVES_PER_CORE,
  }).catch((error: unknown) => {
    release();
    throw error;
  });
  const by = words.say('project.by', { user: userInfo().username });
  const imports = new Map<Id, Import>();
  const acts = waveActs(project);
  return {
    organisations: () => project.records.organisations(),
    // Nothing is under way while this process alone has the folder.
    road: async (organisation) => ({ ...(await roadOf(project, organisation, 'all')), running: [] }),
    waves: (organisation) => project.records.waves(organisation),
    wave: (organisation, wave) => detailOf(project, organisation, wave),
    act: (organisation, wave, act, last) => actOn(project, acts, by, organisation, wave, act, last),
    async read(organisation, name, bytes) {
      const one = await readImport(project, organisation, name, bytes);
      imports.set(one.id, one);
      return shown(one);
    },
    confirm: (_, { id }) =>
      confirmed(project, by, imports.get(id)!, { createSites: true, createWaves: true }),
    folder: (organisation) => projectFolder(project, organisation),
    importFolder: (folder) => importProjectFolder(project, by, folder),
    move: {
      start: () => project.runs.start(),
      async checked(organisation, wave, sinceMs) {
        const { people } = await waveView(project, organisation, wave);
        return people.every(({ accounts }) =>
          accounts.every(({ check }) => check !== null && check.atMs >= sinceMs),
        );
      },
    },
    async close() {
      await project.close();
      release();
    },
  };
}

/** Hosts are looked at as the server looks at them. */
function reachOf(allowHosts: string | undefined): Reach {
  return async (host, port) => {
    const { ALLOW_VARIABLE, mayReach, readAllowList } = await import('../../cockpit/server/shell/reach.ts');
    await mayReach(host, port, readAllowList(allowHosts ?? process.env[ALLOW_VARIABLE] ?? ''));
  };
}

function shown(one: Import): Read {
  const { id, counts, newSites, newWaves, ready, file } = summaryOf(one);
  const { rows } = rowsOf(one, { offset: 0, limit: ROWS_MAX, verdict: NOT_THE_SAME });
  return { ...{ id, counts, newSites, newWaves, ready, file }, rows: rows satisfies PreviewRow[] };
}

/** Verdicts and severities: rows that somebody may want to read. */
export const NOT_THE_SAME: readonly string[] = ['create', 'change', 'refuse', 'ask', 'warn'];

async function detailOf(project: Project, organisation: Id, wave: Id): Promise<WaveDetail> {
  const { people, gates, fit, ...view } = await waveView(project, organisation, wave);
  const names = new Map(people.map(({ id, displayName }) => [id, displayName]));
  const { estimate, verdict, remedies } = fit;
  return {
    ...view,
    gates: gates.map(({ tick, ...gate }) => ({
      ...{
        code: gate.code,
        when: gate.when,
        how: gate.how,
        state: gate.state,
        count: gate.count,
        of: gate.of,
      },
      ...{ lacking: gate.lacking, because: gate.because },
      ...{ by: tick?.by ?? null, atMs: tick?.atMs ?? null, note: tick?.note ?? null },
    })),
    estimate: estimate && {
      ...estimate,
      longest: estimate.longest.map((one) => ({ ...one, name: names.get(one.person) ?? '' })),
    },
    fit: { verdict, remedies },
  };
}

async function actOn(
  project: Project,
  acts: ReturnType<typeof waveActs>,
  by: string,
  organisation: Id,
  { id, version }: WaveDetail,
  act: WaveAct,
  last: boolean,
): Promise<void> {
  if (act === 'pass') return acts.pass(by, organisation, id, version, last ? 'last' : 'delta');
  if (act !== 'check') return acts[act](by, organisation, id, version);
  const { people } = await waveView(project, organisation, id);
  await project.runs.check(
    organisation,
    people.map((person) => person.id),
  );
}
