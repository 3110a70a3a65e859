import { useMemo } from 'react';
import { useAsk } from '../../api/ask.ts';
import { useLiveMove } from '../../api/live.ts';
import { Bar } from '../../components/Bar.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { Chip, State } from '../../components/State.tsx';
import { useWords } from '../../words/words.tsx';
import styles from './page.module.css';
import { needOf, type PersonRow } from './rows.ts';

/** Names of sites and waves by id. */
export interface PlaceNames {
  sites: ReadonlyMap<string, string>;
  waves: ReadonlyMap<string, string>;
}

export function usePlaceNames(organisation: string): PlaceNames {
  const sites = useAsk('GET /organisations/{organisation}/sites', { organisation }).data;
  const waves = useAsk('GET /organisations/{organisation}/waves', { organisation }).data;
  return useMemo(
    () => ({
      sites: new Map(sites?.map(({ id, name }) => [id, name])),
      waves: new Map(waves?.map(({ id, name }) => [id, name])),
    }),
    [sites, waves],
  );
}

/** What is left beside the panel of a person. */
const BESIDE: readonly string[] = ['name', 'wave', 'state'];

/** `beside`: a panel takes the right half of the page. */
export function usePeopleColumns(places: PlaceNames, beside: boolean): readonly Column<PersonRow>[] {
  const all = useAllColumns(places);
  return useMemo(() => (beside ? all.filter(({ id }) => BESIDE.includes(id)) : all), [all, beside]);
}

function useAllColumns({ sites, waves }: PlaceNames): readonly Column<PersonRow>[] {
  const { say, figures } = useWords();
  return useMemo(
    () => [
      {
        ...{ id: 'name', head: say('people.head.name'), sort: 'name', width: 'minmax(0, 1.7fr)' },
        cell: (row) => <Who row={row} />,
      },
      {
        ...{ id: 'site', head: say('people.head.site'), sort: 'site', width: 'minmax(0, 0.7fr)' },
        cell: ({ site }) => (site ? sites.get(site) : <Dash />),
      },
      {
        ...{ id: 'wave', head: say('people.head.wave'), sort: 'wave', width: 'minmax(0, 0.7fr)' },
        cell: ({ wave }) => (wave ? waves.get(wave) : <Dash />),
      },
      {
        ...{ id: 'accounts', head: say('people.head.accounts'), width: 'minmax(0, 1.1fr)' },
        cell: (row) => <AccountsCell row={row} />,
      },
      {
        ...{ id: 'state', head: say('people.head.state'), sort: 'state', width: '190px', narrow: true },
        cell: (row) => <StateCell row={row} />,
      },
      {
        ...{ id: 'entries', head: say('people.head.entries'), sort: 'entries', width: '96px', end: true },
        cell: ({ lastPass }) => (lastPass ? figures.number(lastPass.counts.entries) : <Dash />),
      },
      {
        ...{ id: 'left', head: say('people.head.left'), sort: 'left', width: '72px', end: true },
        cell: ({ lastPass }) => (lastPass ? figures.number(lastPass.counts.left) : <Dash />),
      },
    ],
    [say, figures, sites, waves],
  );
}

function Dash() {
  return <span className={styles.quiet}>–</span>;
}

function Who({ row }: { row: PersonRow }) {
  const { say } = useWords();
  return (
    <span className={styles.two}>
      <strong>
        {row.displayName} {row.kind === 'shared' && <Chip>{say('people.shared')}</Chip>}
      </strong>
      <small>{row.address}</small>
    </span>
  );
}

function AccountsCell({ row }: { row: PersonRow }) {
  const { say, figures } = useWords();
  const sources = row.accounts.filter(({ role }) => role === 'source').length;
  const need = needOf(row);
  if (row.accounts.length === 0)
    return <span className={styles.quiet}>{say('people.cell.no-accounts')}</span>;
  return (
    <span className={styles.two}>
      <span>{say('people.cell.from', { count: sources, n: figures.number(sources) })}</span>
      {need ? (
        <span>
          <State of={need} is={need === 'secret' ? 'none' : 'failed'} />
        </span>
      ) : (
        !row.accounts.some(({ role }) => role === 'target') && <small>{say('people.cell.no-target')}</small>
      )}
    </span>
  );
}

/** While it is under way, from moment to moment. */
function StateCell({ row }: { row: PersonRow }) {
  const { say } = useWords();
  const move = useLiveMove(row.id);
  if (move && move.state === 'running' && move.entries > 0)
    return (
      <span className={styles.two}>
        <State of="pass" is="running" />
        <Bar
          share={move.done / move.entries}
          tone="run"
          label={say('people.pass.progress', { name: row.displayName })}
        />
      </span>
    );
  return <State of="pass" is={move?.state ?? row.lastPass?.state ?? 'none'} />;
}
