import { NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type AnswerOf, useAct, useAnswers, useAsk } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { useConfirm } from '../../components/Confirm.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { Form, FormActions } from '../../components/Form.tsx';
import { Note, useTell } from '../../components/Notice.tsx';
import { Chip } from '../../components/State.tsx';
import { Wrong, wrongField } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';
import { type Role, TOKEN_ROLES } from './roles.tsx';
import { ShownOnce } from './ShownOnce.tsx';
import styles from './Tokens.module.css';

type Made = AnswerOf<'POST /organisations/{organisation}/tokens'>;
type Token = Made['facts'];

/** What programs may do here: tokens, made and taken back. */
export function Tokens() {
  const { say } = useWords();
  const { id: organisation } = useHere();
  const { data, error, refetch } = useAsk('GET /organisations/{organisation}/tokens', { organisation });
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<Made | null>(null);
  return (
    <Card
      className={styles.card}
      title={say('operators.token.title')}
      aside={
        <Button small onClick={() => setMaking(true)}>
          {say('operators.token.make')}
        </Button>
      }
    >
      <p className={styles.body}>{say('operators.token.body')}</p>
      {made && (
        <ShownOnce
          title={say('operators.token.done', { name: made.facts.name })}
          body={say('operators.token.done-body')}
          text={made.token}
          onDone={() => setMade(null)}
        />
      )}
      <Wrong error={error} again={() => void refetch()} />
      {data?.length === 0 && <p className={styles.none}>{say('operators.token.none')}</p>}
      {data && data.length > 0 && (
        <ul className={styles.list}>
          {data.map((token) => (
            <Item key={token.id} token={token} />
          ))}
        </ul>
      )}
      {making && (
        <MakeToken
          onClose={() => setMaking(false)}
          onMade={(one) => {
            setMaking(false);
            setMade(one);
          }}
        />
      )}
    </Card>
  );
}

function Item({ token }: { token: Token }) {
  const { say, sayIfKnown, figures } = useWords();
  const { id: organisation } = useHere();
  const confirm = useConfirm();
  const tell = useTell();
  const answers = useAnswers();
  const { act, acting, error } = useAct('DELETE /organisations/{organisation}/tokens/{token}');
  const { id, name, role, createdMs, expiresMs, usedMs } = token;
  const over = expiresMs !== null && expiresMs <= Date.now();
  const takeBack = async (): Promise<void> => {
    const yes = await confirm({
      title: say('operators.token.take-back-title', { name }),
      body: say('operators.token.take-back-body'),
      act: say('operators.token.take-back'),
      danger: true,
    });
    if (!yes) return;
    await act({ organisation, token: id });
    tell(say('operators.token.take-back-done', { name }));
    await answers.old('GET /organisations/{organisation}/tokens');
  };
  const facts = [
    say('operators.token.made', { when: figures.day(createdMs) }),
    expiresMs === null
      ? say('operators.token.endless')
      : say('operators.token.until', { when: figures.day(expiresMs) }),
    usedMs === null
      ? say('operators.token.unused')
      : say('operators.token.used', { when: figures.ago(usedMs) }),
  ];
  return (
    <li>
      <div>
        <strong>{name}</strong>
        <small>
          {sayIfKnown(`shell.role.${role}`, role)} · {facts.join(' · ')}
        </small>
        <Wrong error={error} />
      </div>
      {over && (
        <Chip tone="bad" shape="cross">
          {say('operators.token.expired')}
        </Chip>
      )}
      <Button
        small
        acting={acting}
        aria-label={say('operators.token.take-back-of', { name })}
        onClick={() => void takeBack().catch(() => {})}
      >
        {say('operators.token.take-back')}
      </Button>
    </li>
  );
}

const DAYS = [30, 90, 365] as const;
const NEVER = 'never';

function MakeToken({ onClose, onMade }: { onClose(): void; onMade(made: Made): void }) {
  const { say, figures } = useWords();
  const { id: organisation } = useHere();
  const answers = useAnswers();
  const { act, acting, error } = useAct('POST /organisations/{organisation}/tokens');
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('auditor');
  const [days, setDays] = useState('90');
  const make = async (): Promise<void> => {
    const body = { name, role, days: days === NEVER ? null : Number(days) };
    onMade(await act({ organisation, body }));
    await answers.old('GET /organisations/{organisation}/tokens');
  };
  const spans = DAYS.map((n) => ({
    value: String(n),
    label:
      n === 365
        ? say('operators.token.days-year')
        : say('operators.token.days', { count: n, n: figures.number(n) }),
  }));
  return (
    <Dialog open title={say('operators.token.make-title')} onClose={onClose}>
      <Form onSubmit={() => void make().catch(() => {})}>
        <TextInput
          label={say('operators.token.name')}
          description={say('operators.token.name-hint')}
          required
          withAsterisk={false}
          maxLength={200}
          autoComplete="off"
          value={name}
          error={wrongField(error, 'name')}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NativeSelect
          label={say('operators.token.role')}
          description={say(`operators.does.${role}`)}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          value={role}
          data={TOKEN_ROLES.map((one) => ({ value: one, label: say(`shell.role.${one}`) }))}
          onChange={(event) => setRole(event.currentTarget.value as Role)}
        />
        <NativeSelect
          label={say('operators.token.valid-for')}
          value={days}
          data={[...spans, { value: NEVER, label: say('operators.token.days-never') }]}
          onChange={(event) => setDays(event.currentTarget.value)}
        />
        {days === NEVER && <Note>{say('operators.token.never-note')}</Note>}
        <Wrong error={error} />
        <FormActions>
          <Button type="submit" kind="primary" acting={acting}>
            {say('operators.token.create')}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            {say('shell.cancel')}
          </Button>
        </FormActions>
      </Form>
    </Dialog>
  );
}
