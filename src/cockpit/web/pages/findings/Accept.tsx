import { Textarea } from '@mantine/core';
import { type ReactNode, useId, useState } from 'react';
import { type NeedsOf, useAct, useAnswers } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { useTell } from '../../components/Notice.tsx';
import { Wrong } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';
import styles from './Accept.module.css';

type Body = NeedsOf<'POST /organisations/{organisation}/findings/accept'>['body'];
/** Which: some by id, or all open ones of a cause. */
export type Accepting = { count: number } & (
  | { ids: readonly string[] }
  | { group: NonNullable<Body['group']> }
);

const AT_ONCE = 10_000;
const REASON_MAX = 200;

/** Asks for the reason; `dialog` belongs into the page. */
export function useAccept(then?: () => void): { ask(which: Accepting): void; dialog: ReactNode } {
  const [which, setWhich] = useState<Accepting | null>(null);
  const close = (): void => setWhich(null);
  const dialog = which && <Accept which={which} onClose={close} {...(then ? { then } : {})} />;
  return { ask: setWhich, dialog };
}

interface AcceptProps {
  which: Accepting;
  onClose(): void;
  then?: () => void;
}

function Accept({ which, onClose, then }: AcceptProps) {
  const { say, figures } = useWords();
  const { id: organisation } = useHere();
  const tell = useTell();
  const answers = useAnswers();
  const form = useId();
  const [reason, setReason] = useState('');
  const [isLacking, setLacking] = useState(false);
  const { act, acting, error } = useAct('POST /organisations/{organisation}/findings/accept');
  const { count } = which;

  const send = async (): Promise<void> => {
    const text = reason.trim();
    setLacking(text === '');
    if (text === '') return;
    let accepted = 0;
    for (const part of partsOf(which))
      accepted += (await act({ organisation, body: { ...part, reason: text } })).accepted;
    onClose();
    then?.();
    const n = figures.number(accepted);
    tell(accepted === 0 ? say('findings.accept.none') : say('findings.accept.done', { count: accepted, n }));
    await answers.old(
      'GET /organisations/{organisation}/finding-groups',
      'GET /organisations/{organisation}/findings',
      'GET /organisations/{organisation}/road',
    );
  };

  return (
    <Dialog
      open
      title={say('findings.accept.title', { count, n: figures.number(count) })}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{say('shell.cancel')}</Button>
          <Button kind="primary" type="submit" form={form} acting={acting}>
            {say('findings.accept.send')}
          </Button>
        </>
      }
    >
      <form
        id={form}
        noValidate
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          // What went wrong stands below.
          void send().catch(() => {});
        }}
      >
        <p>{say('findings.accept.body')}</p>
        <Textarea
          label={say('findings.accept.reason')}
          description={say('findings.accept.reason-hint')}
          error={isLacking && reason.trim() === '' && say('findings.accept.reason-needed')}
          value={reason}
          maxLength={REASON_MAX}
          rows={3}
          required
          withAsterisk={false}
          onChange={(event) => setReason(event.currentTarget.value.replace(/\s*\n/g, ' '))}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey) return;
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }}
        />
        <Wrong error={error} />
      </form>
    </Dialog>
  );
}

function* partsOf(which: Accepting): Generator<Omit<Body, 'reason'>> {
  if ('group' in which) yield { group: which.group };
  else
    for (let from = 0; from < which.ids.length; from += AT_ONCE)
      yield { findings: which.ids.slice(from, from + AT_ONCE) };
}
