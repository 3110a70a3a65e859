import { PasswordInput, Radio, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useAct, useAnswers } from '../../api/ask.ts';
import { Refused } from '../../api/call.ts';
import { useHere } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { Form, FormActions } from '../../components/Form.tsx';
import { Wrong, wrongField } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';
import styles from './page.module.css';
import { type Account, PEOPLE, PERSON, type PersonRow } from './rows.ts';

interface AccountFormProps {
  person: PersonRow;
  /** Left out: another one. */
  account?: Account;
  onClose(): void;
}

type Role = Account['role'];

/** Where mail lies today, or shall lie. */
export function AccountForm({ person, account, onClose }: AccountFormProps) {
  const { say } = useWords();
  const { id: organisation } = useHere();
  const answers = useAnswers();
  const adding = useAct('POST /organisations/{organisation}/people/{person}/accounts');
  const changing = useAct('PATCH /organisations/{organisation}/people/{person}/accounts/{account}');
  const error = adding.error ?? changing.error;
  const hasTarget = person.accounts.some(({ role }) => role === 'target');
  const [role, setRole] = useState<Role>(account?.role ?? 'source');
  const [address, setAddress] = useState(account?.address ?? '');
  const [secret, setSecret] = useState('');
  const save = async (): Promise<void> => {
    const where = { organisation, person: person.id };
    if (account) {
      const { id, version } = account;
      await changing.act({ ...where, account: id, body: { address, version } });
    } else await adding.act({ ...where, body: { role, address, ...(secret ? { secret } : {}) } });
    void answers.old(PEOPLE, PERSON);
    onClose();
  };
  // The server says it in the words of the command line.
  const parameter =
    error instanceof Refused && error.refusal.trouble.answer === 'secret-parameter'
      ? say('people.account.secret-parameter')
      : undefined;
  return (
    <Dialog
      open
      size="wide"
      title={
        account
          ? say('people.account.edit-title')
          : say('people.account.add-title', { name: person.displayName })
      }
      onClose={onClose}
    >
      <Form onSubmit={() => void save().catch(() => {})}>
        {!account && !hasTarget && (
          <Radio.Group
            label={say('people.account.role')}
            value={role}
            onChange={(next) => setRole(next as Role)}
          >
            <div className={styles.row}>
              <Radio value="source" label={say('people.account.source')} />
              <Radio value="target" label={say('people.account.target')} />
            </div>
          </Radio.Group>
        )}
        <TextInput
          label={say('people.account.address')}
          description={say('people.account.address-hint')}
          required
          withAsterisk={false}
          spellCheck={false}
          autoCapitalize="none"
          maxLength={1000}
          data-start
          value={address}
          error={parameter ?? wrongField(error, 'address')}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
        {!account && (
          <PasswordInput
            label={say('people.account.secret')}
            description={say('people.account.secret-later')}
            autoComplete="new-password"
            spellCheck={false}
            visibilityToggleButtonProps={{ 'aria-label': say('shell.secret.show') }}
            value={secret}
            error={wrongField(error, 'secret')}
            onChange={(event) => setSecret(event.currentTarget.value)}
          />
        )}
        <Wrong error={parameter ? null : error} />
        <FormActions>
          <Button kind="primary" type="submit" acting={adding.acting || changing.acting}>
            {say('people.account.save')}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            {say('shell.cancel')}
          </Button>
        </FormActions>
      </Form>
    </Dialog>
  );
}
