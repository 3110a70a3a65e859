import type { ReactNode } from 'react';
import { useHere } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { PageLink } from '../../components/PageLink.tsx';
import { SidePanel } from '../../components/SidePanel.tsx';
import { State } from '../../components/State.tsx';
import { useWords } from '../../words/words.tsx';
import { hasPage } from '../pages.ts';
import { type Finding, isMendable } from './groups.ts';
import styles from './Opened.module.css';
import { useRetry } from './retry.ts';

interface OpenedProps {
  finding: Finding;
  onClose(): void;
  onAccept(): void;
}

/** One message: what happened to it, where it lies, what the server said, who answers for it. */
export function Opened({ finding, onClose, onAccept }: OpenedProps) {
  const { say, sayIfKnown, figures } = useWords();
  const here = useHere();
  const { retry, retrying } = useRetry();
  const { subject, sentence, is, person, personName, folder, account, messageId, answer } = finding;
  const { accepted } = finding;
  const classes = finding.classes.map((name) => {
    const code = name.replace(/^rebuilt:/, '');
    return sayIfKnown(`findings.class.${code}`, code);
  });
  const mayRetry = here.may('start') && isMendable(is) && !accepted;
  const mayAccept = here.may('accept-findings') && !accepted;
  return (
    <SidePanel
      title={subject || say('findings.no-subject')}
      under={<State of="finding" is={accepted ? 'accepted' : 'open'} />}
      onClose={onClose}
      actions={
        (mayRetry || mayAccept) && (
          <>
            {mayAccept && <Button onClick={onAccept}>{say('findings.accept.act')}</Button>}
            {mayRetry && (
              <Button kind="primary" acting={retrying} onClick={() => void retry(1, { person, is })}>
                {say('findings.retry.act')}
              </Button>
            )}
          </>
        )
      }
    >
      <dl className={styles.facts}>
        <Fact name={say('findings.fact.what')}>{sentence}</Fact>
        {answer && (
          <Fact name={say('findings.fact.answer')}>
            <span className={styles.answer}>{answer}</span>
          </Fact>
        )}
        {classes.length > 0 && <Fact name={say('findings.fact.classes')}>{classes.join(' · ')}</Fact>}
        {accepted && (
          <Fact name={say('findings.fact.accepted')}>
            {accepted.reason}
            <small>
              {say('findings.accepted-by', { name: accepted.by, at: figures.moment(accepted.atMs) })}
            </small>
          </Fact>
        )}
        <Fact name={say('findings.fact.person')}>
          {hasPage('people') ? (
            <PageLink to="people" search={{ person }}>
              {personName}
            </PageLink>
          ) : (
            personName
          )}
        </Fact>
        <Fact name={say('findings.fact.folder')}>{folder}</Fact>
        {account && <Fact name={say('findings.fact.account')}>{account}</Fact>}
        {messageId && <Fact name={say('findings.fact.id')}>{messageId}</Fact>}
      </dl>
    </SidePanel>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
