import { NativeSelect } from '@mantine/core';
import { useMemo, useRef, useState } from 'react';
import { useAct, useAnswers, useAsk } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { Button, buttonClass } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { Empty } from '../../components/Empty.tsx';
import { useTell } from '../../components/Notice.tsx';
import { useNarrow } from '../../components/narrow.ts';
import { PageLink, useInAddress } from '../../components/PageLink.tsx';
import { PageTitle } from '../../components/PageTitle.tsx';
import { TableTools } from '../../components/TableTools.tsx';
import { Wrong, wrongSentence } from '../../components/Wrong.tsx';
import { Waiting } from '../../shell/Waiting.tsx';
import { useWords } from '../../words/words.tsx';
import { hasPage } from '../pages.ts';
import { Column, type Wave } from './Column.tsx';
import { ColumnActs } from './ColumnActs.tsx';
import { type ChosenPeople, useChosen } from './chosen.ts';
import { MoveBar } from './MoveBar.tsx';
import { isClosed, useMovePeople } from './moving.ts';
import styles from './page.module.css';
import { WaveForm } from './WaveForm.tsx';

/** Drawn at first in each column, on a phone and elsewhere. */
const FIRST = { narrow: 20, wide: 200 };

/** Who moves with whom, and in which order? */
export default function WavesPage() {
  const { say } = useWords();
  const { id: organisation, may } = useHere();
  const { data: waves, error, refetch } = useAsk('GET /organisations/{organisation}/waves', { organisation });
  const narrow = useNarrow();
  const [editing, setEditing] = useState<string | 'new' | null>(null);
  const edited = waves?.find(({ id }) => id === editing);
  if (!waves) return error ? <Wrong error={error} again={() => void refetch()} /> : <Waiting />;
  const first = waves.length === 0;
  return (
    <>
      <PageTitle
        title={say('runs.board.title')}
        under={say(
          !may('prepare') || first
            ? 'runs.board.under-read'
            : narrow
              ? 'runs.board.under-touch'
              : 'runs.board.under',
        )}
      >
        {may('prepare') && !first && (
          <Button onClick={() => setEditing('new')}>{say('runs.board.add')}</Button>
        )}
      </PageTitle>
      {first ? <NoWave onAdd={() => setEditing('new')} /> : <Board waves={waves} onEdit={setEditing} />}
      {editing === 'new' && (
        <WaveForm
          wave={null}
          proposed={{ name: first ? say('runs.board.empty.pilot-name') : '', pilot: first }}
          onClose={() => setEditing(null)}
        />
      )}
      {edited && (
        <WaveForm
          key={edited.id}
          wave={edited}
          onClose={() => setEditing(null)}
          onRemoved={() => setEditing(null)}
        />
      )}
    </>
  );
}

function NoWave({ onAdd }: { onAdd(): void }) {
  const { say } = useWords();
  const { may } = useHere();
  return (
    <Card label={say('runs.board.title')}>
      <Empty
        title={say('runs.board.empty.title')}
        actions={
          may('prepare') && (
            <>
              <Button kind="primary" onClick={onAdd}>
                {say('runs.board.empty.act')}
              </Button>
              {hasPage('import') && may('import') && (
                <PageLink to="import" className={buttonClass()}>
                  {say('runs.board.people.act')}
                </PageLink>
              )}
            </>
          )
        }
      >
        {say('runs.board.empty.body')}
      </Empty>
    </Card>
  );
}

function Board({ waves, onEdit }: { waves: readonly Wave[]; onEdit(wave: string): void }) {
  const { say } = useWords();
  const { id: organisation, may } = useHere();
  const narrow = useNarrow();
  const [text, setText] = useInAddress('text');
  const [site, setSite] = useInAddress('site');
  const { data: sites } = useAsk('GET /organisations/{organisation}/sites', { organisation });
  const chosen = useChosen();
  const [asking, setAsking] = useState(false);
  const dragged = useRef<ChosenPeople>(new Map());
  const lastList = useRef<HTMLElement>(null);
  const move = useMovePeople(waves);
  const order = useOrder(waves);
  const siteNames = useMemo(() => new Map(sites?.map(({ id, name }) => [id, name])), [sites]);
  const filter = useMemo(() => ({ text, site }), [text, site]);

  const moveTo = async (people: ChosenPeople, to: string | null): Promise<void> => {
    setAsking(false);
    if (await move(people, to)) chosen.clear();
    lastList.current?.focus({ preventScroll: true });
  };
  const common = {
    ...{ filter, siteNames, first: narrow ? FIRST.narrow : FIRST.wide },
    chosen: may('prepare') ? chosen : undefined,
    onDrag: (people: ChosenPeople): void => {
      dragged.current = people;
    },
    onDrop: (to: string | null): void => void moveTo(dragged.current, to),
    onMove: (): void => setAsking(true),
    onList: (list: HTMLElement): void => {
      lastList.current = list;
    },
  };
  return (
    <Card flush label={say('runs.board.title')} className={styles.card}>
      <TableTools text={text} onText={setText} placeholder={say('runs.board.filter')}>
        <NativeSelect
          aria-label={say('runs.board.site')}
          value={site ?? ''}
          onChange={(event) => setSite(event.currentTarget.value || undefined)}
          data={[
            { value: '', label: say('runs.board.all-sites') },
            ...(sites ?? []).map(({ id, name }) => ({ value: id, label: name })),
            { value: 'none', label: say('runs.board.no-site') },
          ]}
        />
      </TableTools>
      {may('prepare') && <p className={styles.keys}>{say('runs.board.keys')}</p>}
      <div className={styles.board} data-board>
        <Column {...common} wave={null} open={may('prepare')} />
        {waves.map((wave, index) => (
          <Column
            key={wave.id}
            {...common}
            wave={wave}
            open={may('prepare') && !isClosed(wave)}
            acts={
              may('prepare') && (
                <ColumnActs
                  wave={wave}
                  first={index === 0}
                  last={index === waves.length - 1}
                  onEdit={() => onEdit(wave.id)}
                  onStep={(by) => void order(wave.id, by)}
                />
              )
            }
          />
        ))}
      </div>
      {chosen.people.size > 0 && (
        <MoveBar
          chosen={chosen}
          waves={waves}
          asking={asking}
          onAsking={setAsking}
          onMove={(to) => void moveTo(chosen.people, to)}
        />
      )}
    </Card>
  );
}

/** Moves a wave one place along the road. */
function useOrder(waves: readonly Wave[]) {
  const words = useWords();
  const { id: organisation } = useHere();
  const answers = useAnswers();
  const tell = useTell();
  const { act } = useAct('PUT /organisations/{organisation}/waves/order');
  return async (id: string, by: number): Promise<void> => {
    const ids = waves.map((wave) => wave.id);
    const from = ids.indexOf(id);
    ids.splice(from, 1);
    ids.splice(from + by, 0, id);
    try {
      const after = await act({ organisation, body: { waves: ids } });
      answers.put('GET /organisations/{organisation}/waves', { organisation }, after);
    } catch (error) {
      tell(wrongSentence(error, words), 'bad');
    }
  };
}
