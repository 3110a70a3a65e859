import { useAsk } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { Button, buttonClass } from '../../components/Button.tsx';
import { PageLink } from '../../components/PageLink.tsx';
import { PageTitle } from '../../components/PageTitle.tsx';
import { useWords } from '../../words/words.tsx';
import type { Line } from './lines.ts';
import { sumsOf } from './lines.ts';
import type { Site } from './page.tsx';
import styles from './Scope.module.css';
import { ScopeAmounts } from './ScopeAmounts.tsx';
import { ScopeRisks, ScopeUnknown } from './ScopeRisks.tsx';

interface ScopeProps {
  /** Of the site, or of all. */
  lines: readonly Line[];
  site: string | undefined;
  sites: readonly Site[];
}

/** What is agreed on before anything moves: a paper to read, print and sign. */
export function Scope({ lines, site, sites }: ScopeProps) {
  const { say, figures } = useWords();
  const here = useHere();
  const { data: organisation } = useAsk('GET /organisations/{organisation}', { organisation: here.id });
  const where = sites.find(({ id }) => id === site)?.name ?? say('inventory.scope.everywhere');
  return (
    <>
      <PageTitle
        title={say('inventory.scope.title')}
        under={say('inventory.scope.for', { organisation: here.name, where })}
      >
        <PageLink to="inventory" search={{ site }} className={buttonClass()}>
          {say('inventory.scope.back')}
        </PageLink>
        <Button kind="primary" onClick={() => print()}>
          {say('inventory.scope.print')}
        </Button>
      </PageTitle>
      <article className={styles.paper}>
        <p className={styles.facts}>
          {organisation && (
            <>
              {say('inventory.scope.to', { suite: say(`shell.suite.${organisation.suite}`) })}
              {' · '}
              {say('inventory.scope.domains')} {organisation.domains.join(', ')}
              {' · '}
            </>
          )}
          {say('inventory.scope.made', { at: figures.moment(Date.now()) })}
        </p>
        <Moved lines={lines} />
        <ScopeAmounts lines={lines} sites={site === undefined ? sites : []} />
        <NotMoved />
        <ScopeRisks lines={lines} />
        <ScopeUnknown lines={lines} />
        <Agreed organisation={here.name} />
      </article>
    </>
  );
}

const KEEPS = ['bytes', 'once', 'sources', 'proof'] as const;

function Moved({ lines }: { lines: readonly Line[] }) {
  const { say, figures } = useWords();
  const { accounts, people, messages, bytes, oldestMs, newestMs } = sumsOf(lines);
  const who = say('inventory.scope.people', { count: people, n: figures.number(people) });
  const counted = { count: accounts, n: figures.number(accounts), people: who };
  const isKnown = oldestMs !== null && newestMs !== null;
  return (
    <section>
      <h2>{say('inventory.scope.moved')}</h2>
      <p>
        {isKnown
          ? say('inventory.scope.moved-body', {
              ...counted,
              messages: say('inventory.scope.messages', { count: messages, n: figures.number(messages) }),
              size: figures.bytes(bytes),
              from: figures.date(oldestMs),
              to: figures.date(newestMs),
            })
          : say('inventory.scope.moved-unknown', counted)}
      </p>
      <ul className={styles.points}>
        {KEEPS.map((one) => (
          <li key={one}>{say(`inventory.scope.keeps.${one}`)}</li>
        ))}
      </ul>
    </section>
  );
}

const LACKS = ['groupware', 'rules', 'gmail', 'other'] as const;

function NotMoved() {
  const { say } = useWords();
  return (
    <section>
      <h2>{say('inventory.scope.not')}</h2>
      <ul className={styles.points}>
        {LACKS.map((one) => (
          <li key={one}>{say(`inventory.scope.lacks.${one}`)}</li>
        ))}
      </ul>
    </section>
  );
}

const LINES = ['name', 'date', 'signature'] as const;

function Agreed({ organisation }: { organisation: string }) {
  const { say } = useWords();
  const sides = [say('inventory.scope.customer', { organisation }), say('inventory.scope.provider')];
  return (
    <section className={styles.agreed}>
      <h2>{say('inventory.scope.agreed')}</h2>
      <p>{say('inventory.scope.agreed-body')}</p>
      <div className={styles.sides}>
        {sides.map((side) => (
          <div key={side} className={styles.side}>
            <h3>{side}</h3>
            {LINES.map((line) => (
              <p key={line} data-line={line}>
                {say(`inventory.scope.${line}`)}
              </p>
            ))}
          </div>
        ))}
      </div>
    </section>
  );
}
