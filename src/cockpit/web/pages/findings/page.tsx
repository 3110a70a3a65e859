import { useAsk } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { Empty } from '../../components/Empty.tsx';
import { Kpi, Kpis } from '../../components/Kpi.tsx';
import { PageTitle } from '../../components/PageTitle.tsx';
import { Wrong } from '../../components/Wrong.tsx';
import { Waiting } from '../../shell/Waiting.tsx';
import { useWords } from '../../words/words.tsx';
import { Calm } from './Calm.tsx';
import { Filters } from './Filters.tsx';
import { useFilter } from './filter.ts';
import { Groups } from './Groups.tsx';
import { type Group, ofFilter, queryOf, shownGroups, shownOf } from './groups.ts';
import { Messages } from './Messages.tsx';

/** What is left or asked, why, and what can be done about it? */
export default function FindingsPage() {
  const { say, figures } = useWords();
  const { id: organisation } = useHere();
  const filtering = useFilter();
  const { filter } = filtering;
  const of = ofFilter(filter);
  const { data, error, refetch } = useAsk(
    'GET /organisations/{organisation}/finding-groups',
    { organisation, query: of },
    { keep: true },
  );
  const road = useAsk('GET /organisations/{organisation}/road', { organisation }).data;
  if (!data || !road) return error ? <Wrong error={error} again={() => void refetch()} /> : <Waiting />;
  const groups = shownGroups(data, filter);
  const isFiltered = filter.is !== undefined || filter.text !== undefined || Object.keys(of).length > 0;
  const open = sumOf(data, 'open');
  const accepted = sumOf(data, 'accepted');
  const isCalm = !isFiltered && filter.show === 'open' && open === 0;
  const facts = [
    say('findings.under.open', { count: open, n: figures.number(open) }),
    say('findings.under.causes', { count: groups.length, n: figures.number(groups.length) }),
    accepted > 0 && say('findings.under.accepted', { count: accepted, n: figures.number(accepted) }),
  ];
  const none = <NoMatch onClear={filtering.clear} />;
  return (
    <>
      <PageTitle
        title={say('findings.title')}
        under={isCalm ? undefined : facts.filter(Boolean).join(' · ')}
      />
      {isCalm ? (
        <Calm
          isProven={road.missing !== null}
          proven={road.proven}
          accepted={accepted}
          onAccepted={() => filtering.setShow('accepted')}
        />
      ) : (
        <>
          <Figures open={open} accepted={accepted} missing={road.missing} />
          <Card flush label={say(filter.text ? 'findings.messages' : 'findings.groups')}>
            <Filters {...filtering} groups={data} />
            {filter.text ? (
              <Messages query={queryOf(filter)} label={say('findings.messages')} isMixed none={none} />
            ) : groups.length === 0 ? (
              none
            ) : (
              <Groups groups={groups} filter={filter} />
            )}
          </Card>
        </>
      )}
    </>
  );
}

function NoMatch({ onClear }: { onClear(): void }) {
  const { say } = useWords();
  return (
    <Empty
      title={say('findings.filter.none')}
      actions={<Button onClick={onClear}>{say('findings.filter.clear')}</Button>}
    >
      {say('findings.filter.none-body')}
    </Empty>
  );
}

function sumOf(groups: readonly Group[], show: 'open' | 'accepted'): number {
  return groups.reduce((sum, group) => sum + shownOf(group, show), 0);
}

interface FiguresProps {
  open: number;
  accepted: number;
  /** Of all, whatever is filtered. */
  missing: number | null;
}

function Figures({ open, accepted, missing }: FiguresProps) {
  const { say, figures } = useWords();
  return (
    <Kpis>
      <Kpi value={figures.number(open)} look={open === 0 ? 'zero' : 'bad'}>
        {say('findings.kpi.open', { count: open })}
      </Kpi>
      <Kpi
        value={missing === null ? '–' : figures.number(missing)}
        look={missing === null ? undefined : missing === 0 ? 'zero' : 'bad'}
      >
        {missing === null ? say('findings.kpi.missing-yet') : say('findings.kpi.missing', { count: missing })}
      </Kpi>
      <Kpi value={figures.number(accepted)}>{say('findings.kpi.accepted', { count: accepted })}</Kpi>
    </Kpis>
  );
}
