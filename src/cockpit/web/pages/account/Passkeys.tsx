import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { askDoor } from '../../api/door.ts';
import { Button } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { useConfirm } from '../../components/Confirm.tsx';
import { Form, FormActions } from '../../components/Form.tsx';
import { useTell } from '../../components/Notice.tsx';
import { Wrong } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';
import { DoorWrong } from './DoorWrong.tsx';
import { addPasskey, type Passkey, passkeysChanged, useDoor, usePasskeys } from './door.ts';
import styles from './page.module.css';

/** The keys that open in place of the password. */
export function Passkeys() {
  const { say } = useWords();
  const { data, error, refetch } = usePasskeys();
  return (
    <Card title={say('settings.account.passkey.title')}>
      <p>{say('settings.account.passkey.body')}</p>
      <Wrong error={error} again={() => void refetch()} />
      {data?.length === 0 && <p className={styles.none}>{say('settings.account.passkey.none')}</p>}
      {data && data.length > 0 && (
        <ul className={styles.list}>
          {data.map((passkey) => (
            <Item key={passkey.id} passkey={passkey} />
          ))}
        </ul>
      )}
      <Add />
    </Card>
  );
}

function Add() {
  const { say } = useWords();
  const tell = useTell();
  const { acting, error, attempt } = useDoor();
  const [name, setName] = useState(() => say('settings.account.passkey.name-default'));
  const add = (): Promise<boolean> =>
    attempt(async () => {
      const added = await addPasskey(name.trim());
      if (added.is === 'elsewhere')
        tell(say('settings.account.passkey.elsewhere', { host: added.host }), 'bad');
      else tell(say(`settings.account.passkey.${added.is}`), added.is === 'added' ? 'ok' : 'bad');
      if (added.is === 'added') await passkeysChanged();
    });
  return (
    <Form onSubmit={() => void add()}>
      <TextInput
        label={say('settings.account.passkey.name')}
        description={say('settings.account.passkey.name-hint')}
        required
        withAsterisk={false}
        maxLength={100}
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <DoorWrong error={error} />
      <FormActions>
        <Button type="submit" acting={acting}>
          {say('settings.account.passkey.add')}
        </Button>
      </FormActions>
    </Form>
  );
}

function Item({ passkey }: { passkey: Passkey }) {
  const { say, figures } = useWords();
  const [naming, setNaming] = useState(false);
  const { acting, error, attempt } = useDoor();
  const confirm = useConfirm();
  const tell = useTell();
  const { id, createdAt, backedUp } = passkey;
  const name = passkey.name || say('settings.account.passkey.unnamed');
  const remove = async (): Promise<void> => {
    const yes = await confirm({
      title: say('settings.account.passkey.remove-title', { name }),
      body: say('settings.account.passkey.remove-body'),
      act: say('settings.account.passkey.remove'),
      danger: true,
    });
    if (!yes) return;
    await attempt(async () => {
      await askDoor('/passkey/delete-passkey', { id });
      tell(say('settings.account.passkey.removed'));
      await passkeysChanged();
    });
  };
  const facts = [
    createdAt ? say('settings.account.passkey.since', { day: figures.day(Date.parse(createdAt)) }) : '',
    backedUp ? say('settings.account.passkey.synced') : '',
  ].filter(Boolean);
  if (naming) return <Rename passkey={passkey} name={name} onDone={() => setNaming(false)} />;
  return (
    <li>
      <div>
        <strong>{name}</strong>
        <small>{facts.join(' · ')}</small>
        <DoorWrong error={error} />
      </div>
      <Button
        small
        aria-label={say('settings.account.passkey.rename-of', { name })}
        onClick={() => setNaming(true)}
      >
        {say('settings.account.passkey.rename')}
      </Button>
      <Button
        small
        acting={acting}
        aria-label={say('settings.account.passkey.remove-of', { name })}
        onClick={() => void remove()}
      >
        {say('settings.account.passkey.remove')}
      </Button>
    </li>
  );
}

function Rename({ passkey, name, onDone }: { passkey: Passkey; name: string; onDone(): void }) {
  const { say } = useWords();
  const tell = useTell();
  const { acting, error, attempt } = useDoor();
  const [next, setNext] = useState(passkey.name ?? '');
  const rename = async (): Promise<void> => {
    const done = await attempt(async () => {
      await askDoor('/passkey/update-passkey', { id: passkey.id, name: next.trim() });
      await passkeysChanged();
    });
    if (!done) return;
    tell(say('settings.account.passkey.renamed'));
    onDone();
  };
  return (
    <li>
      <div>
        <Form onSubmit={() => void rename()}>
          <TextInput
            label={say('settings.account.passkey.rename-of', { name })}
            required
            withAsterisk={false}
            maxLength={100}
            autoFocus
            autoComplete="off"
            value={next}
            onChange={(event) => setNext(event.currentTarget.value)}
          />
          <DoorWrong error={error} />
          <FormActions>
            <Button type="submit" small acting={acting}>
              {say('settings.save')}
            </Button>
            <Button small kind="quiet" onClick={onDone}>
              {say('shell.cancel')}
            </Button>
          </FormActions>
        </Form>
      </div>
    </li>
  );
}
