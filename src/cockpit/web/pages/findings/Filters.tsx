import { NativeSelect, SegmentedControl } from '@mantine/core';
import { useAsk } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { TableTools } from '../../components/TableTools.tsx';
import { useWords } from '../../words/words.tsx';
import styles from './Filters.module.css';
import type { Filtering } from './filter.ts';
import { type Group, KINDS, SHOWS, type Show } from './groups.ts';

/** By text, state, wave, kind; who came from one person's page sees that person alone, and the way back to all. */
export function Filters(props: Filtering & { groups: readonly Group[] }) {
  const { filter, setShow, setWave, setPerson, setIs, setText, groups } = props;
  const { say, sayIfKnown } = useWords();
  const { id: organisation } = useHere();
  const waves = useAsk('GET /organisations/{organisation}/waves', { organisation }).data ?? [];
  const kinds = KINDS.filter((kind) => kind === filter.is || groups.some(({ is }) => is === kind));
  return (
    <TableTools text={filter.text} onText={setText} placeholder={say('findings.filter.text')}>
      <SegmentedControl
        size="sm"
        aria-label={say('findings.filter.show')}
        value={filter.show}
        onChange={(value) => setShow(value as Show)}
        data={SHOWS.map((value) => ({ value, label: say(`findings.show.${value}`) }))}
      />
      {waves.length > 1 && (
        <NativeSelect
          className={styles.select}
          aria-label={say('findings.filter.wave')}
          value={filter.wave ?? ''}
          onChange={(event) => setWave(event.currentTarget.value || undefined)}
          data={[
            { value: '', label: say('findings.filter.all-waves') },
            ...waves.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      )}
      {kinds.length > 1 && (
        <NativeSelect
          className={styles.select}
          aria-label={say('findings.filter.kind')}
          value={filter.is ?? ''}
          onChange={(event) => setIs(event.currentTarget.value || undefined)}
          data={[
            { value: '', label: say('findings.filter.all-kinds') },
            ...kinds.map((kind) => ({ value: kind, label: sayIfKnown(`findings.kind.${kind}`, kind) })),
          ]}
        />
      )}
      {filter.person && <OnlyPerson person={filter.person} onDrop={() => setPerson(undefined)} />}
    </TableTools>
  );
}

function OnlyPerson({ person, onDrop }: { person: string; onDrop(): void }) {
  const { say } = useWords();
  const { id: organisation } = useHere();
  const { data } = useAsk('GET /organisations/{organisation}/people/{person}', { organisation, person });
  const name = data?.displayName ?? '…';
  return (
    <Button small aria-label={say('findings.filter.drop-person', { name })} onClick={onDrop}>
      {say('findings.filter.person', { name })} ×
    </Button>
  );
}
