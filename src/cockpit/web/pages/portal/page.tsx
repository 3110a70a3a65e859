import { useEffect } from 'react';
import { type AnswerOf, useAsk } from '../../api/ask.ts';
import { Refused } from '../../api/call.ts';
import { usePathPart } from '../../components/PageLink.tsx';
import { Wrong } from '../../components/Wrong.tsx';
import { LanguageSwitch } from '../../shell/LanguageSwitch.tsx';
import { Mark, Outside } from '../../shell/Outside.tsx';
import { Waiting } from '../../shell/Waiting.tsx';
import { useWords } from '../../words/words.tsx';
import { longDay } from './days.ts';
import { Files } from './Files.tsx';
import { Help } from './Help.tsx';
import styles from './page.module.css';
import { Todo } from './Todo.tsx';
import { Where } from './Where.tsx';

export type PortalView = AnswerOf<'GET /portal/{token}'>;

const LIVELY_MS = 4_000;
const CALM_MS = 30_000;
const CLOSED: ReadonlySet<number> = new Set([400, 404, 410]);

/** A person’s own page, opened by its link alone: no frame of the cockpit, no jargon. */
export default function PortalPage() {
  const { say } = useWords();
  const token = usePathPart('token');
  // Never older than what the person does here.
  const asked = useAsk('GET /portal/{token}', { token }, { everyMs: CALM_MS });
  const { data, error, refetch } = asked;
  const lively = data !== undefined && isLively(data);
  useEffect(() => {
    if (!lively) return;
    const timer = setInterval(() => void refetch(), LIVELY_MS);
    return () => clearInterval(timer);
  }, [lively, refetch]);
  useEffect(() => {
    document.title = say('portal.title');
  }, [say]);

  if (error instanceof Refused && CLOSED.has(error.status)) return <Closed status={error.status} />;
  const again = (): void => void refetch();
  return (
    <div className={styles.page}>
      <header className={styles.brand}>
        <Mark />
        <span>{data?.organisation ?? 'Malleposte'}</span>
        <LanguageSwitch />
      </header>
      <main className={styles.main}>
        {data ? (
          <>
            <Greeting portal={data} />
            <Wrong error={error} again={again} />
            <Where portal={data} />
            <Todo portal={data} token={token} again={again} />
            <Files portal={data} token={token} again={again} />
            <Help token={token} />
          </>
        ) : error ? (
          <Wrong error={error} again={again} />
        ) : (
          <Waiting />
        )}
      </main>
      {data && <Foot untilMs={data.untilMs} />}
    </div>
  );
}

function Greeting({ portal }: { portal: PortalView }) {
  const { say } = useWords();
  return (
    <div className={styles.greeting}>
      <h1>{say('portal.hello', { name: portal.name })}</h1>
      <p>{say('portal.intro', { organisation: portal.organisation })}</p>
    </div>
  );
}

function Foot({ untilMs }: { untilMs: number }) {
  const { say, language } = useWords();
  return <footer className={styles.foot}>{say('portal.foot', { day: longDay(untilMs, language) })}</footer>;
}

/** Calm: nothing is lost, and somebody can be asked. */
function Closed({ status }: { status: number }) {
  const { say } = useWords();
  return (
    <Outside title={say('portal.closed.title')}>
      <p>{say(status === 410 ? 'portal.closed.expired' : 'portal.closed.unknown')}</p>
      <p>{say('portal.closed.ask')}</p>
    </Outside>
  );
}

/** Something changes by itself just now. */
function isLively({ state, uploads, accounts }: PortalView): boolean {
  return (
    ['waiting', 'running', 'proving'].includes(state) ||
    uploads.some((one) => one.state === 'looking') ||
    accounts.some(({ secret, check }) => secret === 'sealed' && check === null)
  );
}
