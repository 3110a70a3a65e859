import { useAsk } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { Card } from '../../components/Card.tsx';
import { PageLink } from '../../components/PageLink.tsx';
import { Chip } from '../../components/State.tsx';
import { useWords } from '../../words/words.tsx';
import { hasPage } from '../pages.ts';
import { momentSaid } from '../waves/moments.ts';
import type { Wave } from './acts.ts';
import {
  daysOf,
  estimateSentence,
  guessSaid,
  limitSentence,
  type Names,
  remedySentences,
} from './estimates.ts';
import styles from './Plan.module.css';

const LONGEST_SHOWN = 5;

const VERDICTS = {
  yes: ['ok', 'check'],
  perhaps: ['post', 'ask'],
  no: ['bad', 'cross'],
} as const;

/** Until when, what holds it back, and what would make it fit. */
export function Plan({ wave }: { wave: Wave }) {
  const words = useWords();
  const { say, figures } = words;
  const { estimate, fit, deadlineMs } = wave;
  const names = useNames(wave);
  if (estimate === null)
    return (
      <Card title={say('runs.plan.title')} className={styles.card}>
        <p id="plan">{say('waves.estimate.none')}</p>
      </Card>
    );
  const limit = limitSentence(estimate, words, names);
  const { verdict, remedies } = fit;
  const lines = remedies.flatMap((remedy) => remedySentences(remedy, words, names));
  const basis = [
    estimate.known < 1 && say('waves.estimate.known', { percent: figures.percent(estimate.known) }),
    estimate.measured < 1 && say('waves.estimate.measured', { percent: figures.percent(estimate.measured) }),
  ].filter(Boolean);
  const longest = estimate.longest.slice(0, LONGEST_SHOWN);
  return (
    <Card title={say('runs.plan.title')} className={styles.card}>
      <p className={styles.until} id="plan">
        {estimateSentence(estimate, words)}
      </p>
      {deadlineMs !== null && <p>{say('waves.estimate.deadline', { at: momentSaid(deadlineMs, words) })}</p>}
      {(verdict === 'yes' || verdict === 'perhaps' || verdict === 'no') && limit !== null && (
        <p>
          <Chip tone={VERDICTS[verdict][0]} shape={VERDICTS[verdict][1]}>
            {say(`waves.verdict.${verdict}`)}
          </Chip>
        </p>
      )}
      {lines.length > 0 && (
        <>
          <p>{say('waves.would-fit')}</p>
          <ul className={styles.remedies}>
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </>
      )}
      {limit !== null && <p>{limit}</p>}
      {limit !== null && longest.length > 1 && (
        <>
          <h3>{say('waves.estimate.longest')}</h3>
          <ul className={styles.longest}>
            {longest.map(({ person, name, latestMs, highBytes, capDays }) => (
              <li key={person}>
                <span>
                  {hasPage('people') ? (
                    <PageLink to="people" search={{ person }}>
                      {name}
                    </PageLink>
                  ) : (
                    name
                  )}
                  <small>
                    {[
                      figures.bytes(highBytes),
                      capDays > 0 && say('runs.plan.capped', { days: daysOf(capDays, words) }),
                    ]
                      .filter(Boolean)
                      .join(' · ')}
                  </small>
                </span>
                <span>{latestMs === null ? '–' : guessSaid(latestMs, words)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {limit !== null && basis.length > 0 && <p className={styles.basis}>{basis.join(' ')}</p>}
    </Card>
  );
}

function useNames({ estimate }: Wave): Names {
  const { say } = useWords();
  const { id: organisation } = useHere();
  const { data: sites } = useAsk('GET /organisations/{organisation}/sites', { organisation });
  return {
    site: (id) => sites?.find((site) => site.id === id)?.name ?? say('runs.plan.a-site'),
    person: (id) => estimate?.longest.find(({ person }) => person === id)?.name ?? say('runs.plan.somebody'),
  };
}
