import { NativeSelect, Radio } from '@mantine/core';
import { useState } from 'react';
import { useAct, useAnswers } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { Form, FormActions } from '../../components/Form.tsx';
import { useTell } from '../../components/Notice.tsx';
import { Wrong, wrongSentence } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';
import type { PlaceNames } from './columns.tsx';
import { type Many, useMany } from './many.ts';
import { options } from './PersonForm.tsx';
import styles from './page.module.css';
import { PEOPLE, PERSON } from './rows.ts';

interface ChosenProps {
  ids: readonly string[];
  places: PlaceNames;
}

/** What can be done with the chosen people. */
export function Chosen({ ids, places }: ChosenProps) {
  const { say, figures } = useWords();
  const { may } = useHere();
  const many = useMany();
  const [open, setOpen] = useState<'wave' | 'start' | null>(null);
  if (many.under)
    return (
      <>
        <span role="status">
          {say('people.chosen.progress', {
            done: figures.number(many.under.done),
            of: figures.number(many.under.of),
          })}
        </span>
        <Button small onClick={many.stop}>
          {say('people.chosen.stop')}
        </Button>
      </>
    );
  const close = (): void => setOpen(null);
  return (
    <>
      {may('prepare') && places.waves.size > 0 && (
        <Button small onClick={() => setOpen('wave')}>
          {say('people.chosen.wave')}
        </Button>
      )}
      {may('enter-secrets') && <CheckMany ids={ids} many={many} />}
      {may('start') && (
        <Button small onClick={() => setOpen('start')}>
          {say('people.chosen.start')}
        </Button>
      )}
      {open === 'wave' && <IntoWave ids={ids} places={places} onClose={close} />}
      {open === 'start' && <StartMany ids={ids} many={many} onClose={close} />}
    </>
  );
}

function CheckMany({ ids, many }: { ids: readonly string[]; many: Many }) {
  const { say, figures } = useWords();
  const { id: organisation } = useHere();
  const tell = useTell();
  const answers = useAnswers();
  const { act } = useAct('POST /organisations/{organisation}/people/{person}/check');
  const check = async (): Promise<void> => {
    let [ok, bad] = [0, 0];
    await many.run(ids, async (person) => {
      const fine = await act({ organisation, person }).then(
        (accounts) => accounts.length > 0 && accounts.every((account) => account.check?.ok),
        // Somebody who cannot be asked about cannot be reached either; the row tells why.
        () => false,
      );
      if (fine) ok += 1;
      else bad += 1;
    });
    void answers.old(PEOPLE, PERSON);
    const told = { n: figures.number(ok + bad), ok: figures.number(ok), bad: figures.number(bad) };
    tell(say('people.chosen.checked', told), bad > 0 ? 'bad' : 'ok');
  };
  return (
    <Button small onClick={() => void check()}>
      {say('people.chosen.check')}
    </Button>
  );
}

interface DialogOf extends ChosenProps {
  onClose(): void;
}

function IntoWave({ ids, places, onClose }: DialogOf) {
  const { say, figures } = useWords();
  const { id: organisation } = useHere();
  const tell = useTell();
  const answers = useAnswers();
  const into = useAct('POST /organisations/{organisation}/waves/{wave}/people');
  const out = useAct('POST /organisations/{organisation}/waves/none/people');
  const [wave, setWave] = useState([...places.waves.keys()][0] ?? '');
  const put = async (): Promise<void> => {
    const body = { people: [...ids] };
    if (wave === '') await out.act({ organisation, body });
    else await into.act({ organisation, wave, body });
    void answers.old(PEOPLE, PERSON);
    tell(say('people.chosen.wave-done'));
    onClose();
  };
  return (
    <Dialog
      open
      title={say('people.chosen.wave-title', { count: ids.length, n: figures.number(ids.length) })}
      onClose={onClose}
    >
      <Form onSubmit={() => void put().catch(() => {})}>
        <NativeSelect
          label={say('people.form.wave')}
          value={wave}
          data={[...options(places.waves), { value: '', label: say('people.chosen.wave-none') }]}
          onChange={(event) => setWave(event.currentTarget.value)}
        />
        <Wrong error={into.error ?? out.error} />
        <FormActions>
          <Button kind="primary" type="submit" acting={into.acting || out.acting}>
            {say('people.chosen.wave-act')}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            {say('shell.cancel')}
          </Button>
        </FormActions>
      </Form>
    </Dialog>
  );
}

const KINDS = ['first', 'delta', 'last'] as const;

function StartMany({ ids, many, onClose }: { ids: readonly string[]; many: Many; onClose(): void }) {
  const words = useWords();
  const { say, figures } = words;
  const { id: organisation } = useHere();
  const tell = useTell();
  const answers = useAnswers();
  const { act } = useAct('POST /organisations/{organisation}/people/{person}/run');
  const [kind, setKind] = useState<(typeof KINDS)[number]>('first');
  const start = async (): Promise<void> => {
    onClose();
    let started = 0;
    const refused: string[] = [];
    await many.run(ids, async (person) => {
      try {
        await act({ organisation, person, body: { kind } });
        started += 1;
      } catch (error) {
        refused.push(wrongSentence(error, words));
      }
    });
    void answers.old(PEOPLE, PERSON);
    tell(say('people.chosen.started', { count: started, n: figures.number(started) }));
    if (refused.length === 0) return;
    const told = { count: refused.length, n: figures.number(refused.length), why: refused[0]! };
    tell(say('people.chosen.refused', told), 'bad');
  };
  return (
    <Dialog
      open
      title={say('people.chosen.start-title', { count: ids.length, n: figures.number(ids.length) })}
      onClose={onClose}
    >
      <Form onSubmit={() => void start()}>
        <p>{say('people.chosen.start-body')}</p>
        <Radio.Group
          label={say('people.chosen.kind')}
          value={kind}
          onChange={(next) => setKind(next as typeof kind)}
        >
          <div className={styles.list}>
            {KINDS.map((one) => (
              <Radio key={one} value={one} label={say(`people.pass.${one}`)} />
            ))}
          </div>
        </Radio.Group>
        <FormActions>
          <Button kind="primary" type="submit">
            {say('people.pass.start')}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            {say('shell.cancel')}
          </Button>
        </FormActions>
      </Form>
    </Dialog>
  );
}
