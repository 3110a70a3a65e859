import { Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useAct, useAnswers } from '../../api/ask.ts';
import { Refused } from '../../api/call.ts';
import { useHere } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { useConfirm } from '../../components/Confirm.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { Form } from '../../components/Form.tsx';
import { Note, useTell } from '../../components/Notice.tsx';
import { Wrong, wrongField, wrongSentence } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';
import type { Wave } from './Column.tsx';
import { localMoment, momentOf } from './moments.ts';
import styles from './page.module.css';

interface WaveFormProps {
  /** Null: a new one. As it stands now, also while one types. */
  wave: Wave | null;
  /** Of a new one. */
  proposed?: { name: string; pilot: boolean };
  onClose(): void;
  /** After it was removed; left out: it cannot be removed here. */
  onRemoved?(): void;
}

interface Typed {
  name: string;
  pilot: boolean;
  startsOn: string;
  deadline: string;
}

/** Name, pilot, day and deadline of a wave. What is typed stays, whatever somebody else does meanwhile. */
export function WaveForm({ wave, proposed, onClose, onRemoved }: WaveFormProps) {
  const words = useWords();
  const { say } = words;
  const { id: organisation } = useHere();
  const answers = useAnswers();
  const tell = useTell();
  const add = useAct('POST /organisations/{organisation}/waves');
  const change = useAct('PATCH /organisations/{organisation}/waves/{wave}');
  // Only what was typed; the rest is as it stands now, also when somebody else changes it meanwhile.
  const [typed, setTyped] = useState<Partial<Typed>>(proposed ?? {});
  const set = (changed: Partial<Typed>): void => setTyped((before) => ({ ...before, ...changed }));
  const shown: Typed = {
    name: wave?.name ?? '',
    pilot: wave?.pilot ?? false,
    startsOn: wave?.startsOn ?? '',
    deadline: wave?.deadlineMs == null ? '' : localMoment(wave.deadlineMs),
    ...typed,
  };
  const [seen, setSeen] = useState(wave?.version);
  /** Until it is known again how the wave stands. */
  const [saving, setSaving] = useState(false);
  const error = add.error ?? change.error;
  const isOld = error instanceof Refused && error.refusal.trouble.answer === 'changed-meanwhile';

  const save = async (): Promise<void> => {
    setSaving(true);
    try {
      if (wave === null) {
        const { name, pilot, startsOn } = shown;
        await add.act({ organisation, body: { name, pilot, startsOn: startsOn || null } });
      } else {
        const after = await change.act({
          ...{ organisation, wave: wave.id },
          body: { ...changesOf(typed), version: seen ?? wave.version },
        });
        answers.put(ONE, { organisation, wave: wave.id }, after);
      }
      tell(say('runs.form.saved'));
      onClose();
    } finally {
      await answers.old('GET /organisations/{organisation}/waves', ONE);
      setSaving(false);
    }
  };
  // What the other one saved is shown: saving again is meant for that.
  if (isOld && wave !== null && wave.version !== seen) setSeen(wave.version);

  return (
    <Dialog
      open
      title={wave ? say('runs.form.edit-title', { name: wave.name }) : say('runs.form.new-title')}
      onClose={onClose}
    >
      <Form onSubmit={() => void save().catch(() => {})}>
        <TextInput
          label={say('runs.form.name')}
          description={say('runs.form.name-hint')}
          required
          withAsterisk={false}
          maxLength={200}
          value={shown.name}
          error={wrongField(error, 'name')}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <Checkbox
          label={say('runs.form.pilot')}
          description={say('runs.form.pilot-hint')}
          checked={shown.pilot}
          onChange={(event) => set({ pilot: event.currentTarget.checked })}
        />
        <TextInput
          type="date"
          label={say('runs.form.starts-on')}
          value={shown.startsOn}
          error={wrongField(error, 'startsOn')}
          onChange={(event) => set({ startsOn: event.currentTarget.value })}
        />
        {wave && (
          <TextInput
            type="datetime-local"
            label={say('runs.form.deadline')}
            description={say('runs.form.deadline-hint')}
            value={shown.deadline}
            error={wrongField(error, 'deadlineMs')}
            onChange={(event) => set({ deadline: event.currentTarget.value })}
          />
        )}
        {isOld ? (
          <Note title={wrongSentence(error, words)}>{say('runs.form.kept')}</Note>
        ) : (
          <Wrong error={error} />
        )}
        <div className={styles.formActions}>
          {wave && onRemoved && <Remove wave={wave} onRemoved={onRemoved} />}
          <Button onClick={onClose}>{say('shell.cancel')}</Button>
          <Button type="submit" kind="primary" acting={saving}>
            {say(wave ? 'runs.form.save' : 'runs.form.add')}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

function changesOf({ name, pilot, startsOn, deadline }: Partial<Typed>) {
  return {
    ...(name === undefined ? {} : { name }),
    ...(pilot === undefined ? {} : { pilot }),
    ...(startsOn === undefined ? {} : { startsOn: startsOn || null }),
    ...(deadline === undefined ? {} : { deadlineMs: momentOf(deadline) }),
  };
}

const ONE = 'GET /organisations/{organisation}/waves/{wave}';

function Remove({ wave, onRemoved }: { wave: Wave; onRemoved(): void }) {
  const words = useWords();
  const { say } = words;
  const { id: organisation } = useHere();
  const confirm = useConfirm();
  const tell = useTell();
  const answers = useAnswers();
  const { act, acting } = useAct('DELETE /organisations/{organisation}/waves/{wave}');
  const remove = async (): Promise<void> => {
    const { name } = wave;
    const question = { body: say('runs.form.remove-body'), act: say('runs.form.remove-act'), danger: true };
    if (!(await confirm({ title: say('runs.form.remove-title', { name }), ...question }))) return;
    try {
      await act({ organisation, wave: wave.id });
      onRemoved();
    } catch (error) {
      tell(wrongSentence(error, words), 'bad');
    } finally {
      await answers.old('GET /organisations/{organisation}/waves');
    }
  };
  const empty = wave.stage.people === 0;
  return (
    <Button
      kind="danger"
      className={styles.remove}
      disabled={!empty}
      title={empty ? undefined : say('runs.form.not-empty')}
      acting={acting}
      onClick={() => void remove()}
    >
      {say('runs.form.remove')}
    </Button>
  );
}
