import { NativeSelect } from '@mantine/core';
import { useMemo, useState } from 'react';
import { addressOf } from '../../api/call.ts';
import { useHere } from '../../api/me.ts';
import { Button, buttonClass } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { DataTable, type Sort } from '../../components/DataTable.tsx';
import { Empty } from '../../components/Empty.tsx';
import { PageLink, useGoTo, useInAddress } from '../../components/PageLink.tsx';
import { PageTitle } from '../../components/PageTitle.tsx';
import { usePaged } from '../../components/paged.ts';
import { useSelection } from '../../components/selection.ts';
import { TableTools } from '../../components/TableTools.tsx';
import { useWords } from '../../words/words.tsx';
import { hasPage } from '../pages.ts';
import { Chosen } from './Chosen.tsx';
import { type PlaceNames, usePeopleColumns, usePlaceNames } from './columns.tsx';
import { Exports } from './Exports.tsx';
import { options, PersonForm } from './PersonForm.tsx';
import { PersonPanel } from './PersonPanel.tsx';
import { PEOPLE } from './rows.ts';

/** Who moves, from where, how far, and what is still needed. */
export default function PeoplePage() {
  const { say, figures } = useWords();
  const { id: organisation, may } = useHere();
  const filters = useFilters();
  const [person, setPerson] = useInAddress('person');
  const [adding, setAdding] = useState(false);
  const [sort, setSort] = useState<Sort>({ by: 'name', descending: false });
  const places = usePlaceNames(organisation);
  const columns = usePeopleColumns(places, person !== undefined);
  const selection = useSelection();
  const query = useMemo(
    () => ({ ...filters.query, sort: sort.by as 'name', descending: String(sort.descending) as never }),
    [filters.query, sort],
  );
  const rows = usePaged(PEOPLE, { organisation, query });
  const { total } = rows;
  return (
    <>
      <PageTitle
        title={say('people.title')}
        under={
          total !== undefined &&
          !filters.any &&
          say('people.under', { count: total, n: figures.number(total) })
        }
      >
        {may('export') && <Exports organisation={organisation} />}
        {may('prepare') && <Button onClick={() => setAdding(true)}>{say('people.add')}</Button>}
        {may('import') && hasPage('import') && (
          <PageLink to="import" className={buttonClass('primary')}>
            {say('people.import')}
          </PageLink>
        )}
      </PageTitle>
      <Card flush label={say('people.title')}>
        {(filters.any || total !== 0) && (
          <Tools
            filters={filters}
            places={places}
            total={
              total === undefined || !filters.any
                ? ''
                : say('people.under', { count: total, n: figures.number(total) })
            }
          />
        )}
        <DataTable
          label={say('people.title')}
          rows={rows}
          columns={columns}
          idOf={({ id }) => id}
          nameOf={({ displayName }) => displayName}
          sort={sort}
          onSort={setSort}
          onOpen={({ id }) => setPerson(id)}
          opened={person}
          selection={selection}
          actions={(ids) => <Chosen ids={ids} places={places} />}
          around={260}
          empty={
            filters.any ? (
              <Empty
                title={say('people.empty.none')}
                actions={<Button onClick={filters.clear}>{say('people.empty.clear')}</Button>}
              >
                {null}
              </Empty>
            ) : (
              <Nobody organisation={organisation} />
            )
          }
        />
      </Card>
      {person && (
        <PersonPanel key={person} id={person} places={places} onClose={() => setPerson(undefined)} />
      )}
      {adding && <PersonForm places={places} onClose={() => setAdding(false)} onAdded={setPerson} />}
    </>
  );
}

function Nobody({ organisation }: { organisation: string }) {
  const { say, language } = useWords();
  const { may } = useHere();
  const route = 'GET /organisations/{organisation}/import/template';
  return (
    <Empty
      title={say('people.empty.title')}
      actions={
        <>
          {may('import') && hasPage('import') && (
            <PageLink to="import" className={buttonClass('primary')}>
              {say('people.import')}
            </PageLink>
          )}
          <a
            className={buttonClass()}
            href={addressOf(route, { organisation, query: { language } }).url}
            download
          >
            {say('people.empty.example')}
          </a>
        </>
      }
    >
      <p>{say('people.empty.body')}</p>
    </Empty>
  );
}

/** `none` stands for no site and no wave, as in the query of the server. */
const NONE = 'none';
const STATES = [
  NONE,
  'waiting',
  'running',
  'resting',
  'stopped',
  'proving',
  'proven',
  'findings',
  'failed',
] as const;
const NEEDS = { secret: 'secret-missing', check: 'check-failed' } as const;

/** Filters stand in the address, so that a link of another page shows the same. */
function useFilters() {
  const [text, setText] = useInAddress('text');
  const [site, setSite] = useInAddress('site');
  const [wave, setWave] = useInAddress('wave');
  const [state] = useInAddress('state');
  const [need] = useInAddress('need');
  const goTo = useGoTo();
  const wanted = need === 'secret' || need === 'check' ? NEEDS[need] : state;
  const query = useMemo(
    () => ({
      ...(text ? { text } : {}),
      ...(site ? { site } : {}),
      ...(wave ? { wave } : {}),
      ...(wanted ? { state: wanted } : {}),
    }),
    [text, site, wave, wanted],
  );
  return {
    ...{ text, setText, site, setSite, wave, setWave, query },
    any: Object.keys(query).length > 0,
    state: need ? `need:${need}` : (state ?? ''),
    setState(next: string) {
      const asked = /^need:(.+)$/.exec(next)?.[1];
      // Both at once: one of them is always empty.
      const change = { need: asked, state: asked === undefined ? next || undefined : undefined };
      goTo('people', {}, { text, site, wave, ...change });
    },
    clear: () => goTo('people'),
  };
}

interface ToolsProps {
  filters: ReturnType<typeof useFilters>;
  places: PlaceNames;
  total: string;
}

function Tools({ filters, places, total }: ToolsProps) {
  const { say, sayIfKnown } = useWords();
  const states = STATES.map((value) => ({ value, label: sayIfKnown(`shell.state.pass.${value}`, value) }));
  const needs = (['secret', 'check'] as const).map((value) => ({
    value: `need:${value}`,
    label: say(`people.need.${value}`),
  }));
  return (
    <TableTools text={filters.text} onText={filters.setText} placeholder={say('people.filter')} aside={total}>
      {places.sites.size > 0 && (
        <NativeSelect
          aria-label={say('people.select.site')}
          value={filters.site ?? ''}
          onChange={(event) => filters.setSite(event.currentTarget.value)}
          data={[
            { value: '', label: say('people.all.sites') },
            ...options(places.sites),
            { value: NONE, label: say('people.no-site') },
          ]}
        />
      )}
      {places.waves.size > 0 && (
        <NativeSelect
          aria-label={say('people.select.wave')}
          value={filters.wave ?? ''}
          onChange={(event) => filters.setWave(event.currentTarget.value)}
          data={[
            { value: '', label: say('people.all.waves') },
            ...options(places.waves),
            { value: NONE, label: say('people.no-wave') },
          ]}
        />
      )}
      <NativeSelect
        aria-label={say('people.select.state')}
        value={filters.state}
        onChange={(event) => filters.setState(event.currentTarget.value)}
        data={[{ value: '', label: say('people.all.states') }, ...needs, ...states]}
      />
    </TableTools>
  );
}
