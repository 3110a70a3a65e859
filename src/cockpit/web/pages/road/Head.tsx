import { Fragment, type ReactNode } from 'react';
import type { AnswerOf } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { buttonClass } from '../../components/Button.tsx';
import { PageLink } from '../../components/PageLink.tsx';
import { PageTitle } from '../../components/PageTitle.tsx';
import { useWords } from '../../words/words.tsx';
import { hasPage } from '../pages.ts';

export type Road = AnswerOf<'GET /organisations/{organisation}/road'>;

/** The name, the facts in a line, and the one thing that can be done with the road as a whole. */
export function Head({ road }: { road: Road }) {
  const { say, figures } = useWords();
  const here = useHere();
  const { organisation, people, sites } = road;
  const [first, ...others] = organisation.domains;
  const facts: ReactNode[] = [
    people > 0 && say('road.under.people', { count: people, n: figures.number(people) }),
    sites > 0 && say('road.under.sites', { count: sites, n: figures.number(sites) }),
    say('road.under.to', { suite: say(`shell.suite.${organisation.suite}`) }),
    <Fragment key="domains">
      <b>{first}</b>
      {others.map((domain) => `, ${domain}`)}
    </Fragment>,
  ].filter(Boolean);
  const next = road.todo.find(({ code, done, wave }) => code === 'start-wave' && !done && wave);
  return (
    <PageTitle
      title={organisation.name}
      under={facts.map((fact, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they stand still
        <Fragment key={index}>
          {index > 0 && ' · '}
          {fact}
        </Fragment>
      ))}
    >
      {hasPage('certificates') && here.may('export') && road.proven > 0 && (
        <PageLink to="certificates" className={buttonClass()}>
          {say('road.certificates')}
        </PageLink>
      )}
      {hasPage('waves/$wave') && here.may('start') && next?.wave && (
        <PageLink to="waves/$wave" params={{ wave: next.wave }} className={buttonClass('primary')}>
          {say('road.start', { name: next.name ?? '' })}
        </PageLink>
      )}
    </PageTitle>
  );
}
