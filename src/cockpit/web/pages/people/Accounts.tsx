import { useState } from 'react';
import { useAct, useAnswers } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { useConfirm } from '../../components/Confirm.tsx';
import { useTell } from '../../components/Notice.tsx';
import { SecretInput } from '../../components/SecretInput.tsx';
import { State } from '../../components/State.tsx';
import { Wrong, wrongSentence } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';
import { AccountForm } from './AccountForm.tsx';
import { OverPanel } from './OverPanel.tsx';
import styles from './page.module.css';
import { type Account, PEOPLE, PERSON, type PersonRow, shownAddress } from './rows.ts';

/** Where a person's mail lies and goes, with the secrets that are missing and what the last check said. */
export function Accounts({ person }: { person: PersonRow }) {
  const { say } = useWords();
  const { may } = useHere();
  const [form, setForm] = useState<Account | 'new' | null>(null);
  const inOrder = person.accounts.toSorted(
    (a, b) => Number(a.role === 'target') - Number(b.role === 'target') || a.position - b.position,
  );
  return (
    <section className={styles.section}>
      <header>
        <h3>{say('people.panel.accounts')}</h3>
        {may('prepare') && (
          <Button small onClick={() => setForm('new')}>
            {say('people.account.add')}
          </Button>
        )}
      </header>
      {inOrder.length === 0 && <p className={styles.quiet}>{say('people.account.none')}</p>}
      <ul className={styles.list}>
        {inOrder.map((account) => (
          <One key={account.id} person={person} account={account} onEdit={() => setForm(account)} />
        ))}
      </ul>
      {form && (
        <OverPanel>
          <AccountForm
            person={person}
            onClose={() => setForm(null)}
            {...(form === 'new' ? {} : { account: form })}
          />
        </OverPanel>
      )}
    </section>
  );
}

interface OneProps {
  person: PersonRow;
  account: Account;
  onEdit(): void;
}

function One({ person, account, onEdit }: OneProps) {
  const { say, figures } = useWords();
  const { id: organisation, may } = useHere();
  const { amount, check } = account;
  return (
    <li className={styles.item}>
      <header>
        <small>{say(`people.account.${account.role}`)}</small>
        <Checked check={check} />
      </header>
      <span className={styles.address}>{shownAddress(account.address)}</span>
      {amount && (
        <small>
          {say('people.account.amount', {
            n: figures.number(amount.messages),
            bytes: figures.bytes(amount.bytes),
          })}
        </small>
      )}
      {check?.trouble && <p>{check.trouble.sentence}</p>}
      {account.secret !== 'not-needed' &&
        (may('enter-secrets') ? (
          <Secret organisation={organisation} person={person.id} account={account} />
        ) : (
          <span>
            <State of="secret" is={account.secret} />
          </span>
        ))}
      {may('prepare') && <Acts person={person} account={account} onEdit={onEdit} />}
    </li>
  );
}

function Checked({ check }: Pick<Account, 'check'>) {
  const { say, figures } = useWords();
  return (
    <span className={styles.row}>
      {check && <small>{say('people.account.checked-at', { when: figures.ago(check.atMs) })}</small>}
      <State of="check" is={check === null ? 'none' : check.ok ? 'ok' : 'failed'} />
    </span>
  );
}

function Secret({
  organisation,
  person,
  account,
}: {
  organisation: string;
  person: string;
  account: Account;
}) {
  const words = useWords();
  const tell = useTell();
  const answers = useAnswers();
  const { act, error } = useAct(
    'PUT /organisations/{organisation}/people/{person}/accounts/{account}/secret',
    () => void answers.old(PEOPLE, PERSON),
  );
  const put = (secret: string | null) => act({ organisation, person, account: account.id, body: { secret } });
  return (
    <SecretInput
      label={words.say('people.account.secret')}
      secret={account.secret}
      error={error ? wrongSentence(error, words) : undefined}
      onSeal={async (secret) => {
        await put(secret);
        tell(words.say('people.account.sealed'));
      }}
      onForget={() => put(null)}
    />
  );
}

function Acts({ person, account, onEdit }: OneProps) {
  const { say } = useWords();
  const { id: organisation } = useHere();
  const confirm = useConfirm();
  const answers = useAnswers();
  const { act, acting, error } = useAct(
    'DELETE /organisations/{organisation}/people/{person}/accounts/{account}',
    () => void answers.old(PEOPLE, PERSON),
  );
  const remove = async (): Promise<void> => {
    const yes = await confirm({
      title: say('people.account.remove-title'),
      body: say('people.account.remove-body', { address: shownAddress(account.address) }),
      act: say('people.account.remove'),
      danger: true,
    });
    if (yes) await act({ organisation, person: person.id, account: account.id });
  };
  return (
    <>
      <Wrong error={error} />
      <div className={styles.row}>
        <Button small kind="quiet" onClick={onEdit}>
          {say('people.account.edit')}
        </Button>
        <Button small kind="quiet" acting={acting} onClick={() => void remove().catch(() => {})}>
          {say('people.account.remove')}
        </Button>
      </div>
    </>
  );
}
