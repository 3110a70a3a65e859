import { NativeSelect, SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useAsk } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { Card } from '../../components/Card.tsx';
import { type Column, DataTable, type Sort } from '../../components/DataTable.tsx';
import { Empty } from '../../components/Empty.tsx';
import { useInAddress } from '../../components/PageLink.tsx';
import { listed } from '../../components/paged.ts';
import { useRoomy } from '../../components/roomy.ts';
import { TableTools } from '../../components/TableTools.tsx';
import { type PageWords, useWords } from '../../words/words.tsx';
import { Download } from './Download.tsx';
import { type Certified, certifiedPeople, isCertified, type Line, leftOf } from './lines.ts';
import { Opened } from './Opened.tsx';
import styles from './People.module.css';
import { Missing } from './Sums.tsx';
import { Verdict } from './Verdict.tsx';
import { Without } from './Without.tsx';

const SHOWS = ['certified', 'without'] as const;

/** Person by person: those who have their certificate, or those who have none and why. */
export function People({ lines }: { lines: readonly Line[] }) {
  const { say, figures } = useWords();
  const { id: organisation } = useHere();
  const [asked, setShow] = useInAddress('show');
  const [text, setText] = useInAddress('text');
  const [site, setSite] = useInAddress('site');
  const sites = useAsk('GET /organisations/{organisation}/sites', { organisation }).data ?? [];
  const certified = useMemo(() => lines.filter(isCertified), [lines]);
  const show = asked ?? (certified.length > 0 ? 'certified' : 'without');
  const isWithout = show === 'without';
  const names = { certified: { n: figures.number(certified.length) }, without: {} };
  return (
    <Card flush label={say('certificates.people.title')}>
      <TableTools
        text={text}
        onText={setText}
        placeholder={say(isWithout ? 'certificates.people.filter-without' : 'certificates.people.filter')}
      >
        <SegmentedControl
          size="sm"
          aria-label={say('certificates.people.show')}
          value={show}
          onChange={setShow}
          data={SHOWS.map((value) => ({ value, label: say(`certificates.people.${value}`, names[value]) }))}
        />
        {sites.length > 1 && (
          <NativeSelect
            className={styles.select}
            aria-label={say('certificates.people.site')}
            value={site ?? ''}
            onChange={(event) => setSite(event.currentTarget.value || undefined)}
            data={[
              { value: '', label: say('certificates.people.all-sites') },
              ...sites.map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
        )}
      </TableTools>
      {isWithout ? (
        <Without text={text} site={site} certified={certified} isFiltered={Boolean(text || site)} />
      ) : (
        <CertifiedTable
          lines={certified}
          text={text}
          site={site && (sites.find(({ id }) => id === site)?.name ?? '')}
        />
      )}
    </Card>
  );
}

interface CertifiedTableProps {
  lines: readonly Certified[];
  text: string | undefined;
  site: string | undefined;
}

function CertifiedTable({ lines, text, site }: CertifiedTableProps) {
  const words = useWords();
  const { say } = words;
  const [sort, setSort] = useState<Sort | null>(null);
  const [opened, setOpened] = useState<Certified | null>(null);
  const isRoomy = useRoomy(opened !== null);
  const columns = useMemo(
    () => columnsOf(words).filter(({ id }) => isRoomy || !SPARED.has(id)),
    [words, isRoomy],
  );
  const found = useMemo(() => certifiedPeople(lines, { text, site, sort }), [lines, text, site, sort]);
  const rows = { ...listed(found), question: JSON.stringify([text, site, sort]) };
  return (
    <>
      <DataTable
        label={say('certificates.people.title')}
        rows={rows}
        columns={columns}
        idOf={({ id }) => id}
        nameOf={({ name }) => name}
        {...(sort ? { sort } : {})}
        onSort={setSort}
        onOpen={(row) => setOpened(row)}
        opened={opened?.id}
        empty={<Empty title={say('certificates.people.none')}>{say('certificates.people.none-body')}</Empty>}
        rowHeight={52}
        around={280}
      />
      {opened && <Opened line={opened} onClose={() => setOpened(null)} />}
    </>
  );
}

/** Where there is little room. */
const SPARED: ReadonlySet<string> = new Set(['site', 'bytes', 'at', 'file']);

function columnsOf({ say, figures }: PageWords): Column<Certified>[] {
  const head = (
    name: 'person' | 'missing' | 'verdict' | 'entries' | 'left' | 'bytes' | 'at' | 'file' | 'site',
  ) => say(`certificates.people.column.${name}`);
  return [
    {
      ...{ id: 'name', head: head('person'), sort: 'name', width: 'minmax(0, 1.6fr)' },
      cell: ({ name, verdict }) => (
        <>
          {name}
          <span className={styles.narrow}>
            <Verdict verdict={verdict} />
          </span>
        </>
      ),
    },
    {
      ...{ id: 'missing', head: head('missing'), sort: 'missing', width: '104px', end: true, narrow: true },
      cell: ({ counts }) => <Missing missing={counts.missing} />,
    },
    {
      ...{ id: 'verdict', head: head('verdict'), width: 'minmax(120px, 1fr)' },
      cell: ({ verdict }) => <Verdict verdict={verdict} />,
    },
    { ...{ id: 'site', head: head('site') }, cell: ({ site }) => site ?? '–' },
    {
      ...{ id: 'entries', head: head('entries'), sort: 'entries', width: '100px', end: true },
      cell: ({ counts }) => figures.number(counts.entries),
    },
    {
      ...{ id: 'left', head: head('left'), sort: 'left', width: '86px', end: true },
      cell: (row) => figures.number(leftOf(row)),
    },
    {
      ...{ id: 'bytes', head: head('bytes'), sort: 'bytes', width: '86px', end: true },
      cell: ({ counts }) => figures.bytes(counts.bytes),
    },
    {
      ...{ id: 'at', head: head('at'), sort: 'at', width: '110px', end: true },
      cell: ({ atMs }) => (atMs === null ? '–' : figures.day(atMs)),
    },
    {
      ...{ id: 'file', head: head('file'), width: '104px', end: true },
      cell: (row) => <Download line={row} inRow />,
    },
  ];
}
