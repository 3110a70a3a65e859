import { useState } from 'react';
import { useAsk } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { Button, buttonClass } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { Empty } from '../../components/Empty.tsx';
import { Kpi, Kpis } from '../../components/Kpi.tsx';
import { PageLink, useInAddress } from '../../components/PageLink.tsx';
import { PageTitle } from '../../components/PageTitle.tsx';
import { Wrong } from '../../components/Wrong.tsx';
import { Waiting } from '../../shell/Waiting.tsx';
import { useWords } from '../../words/words.tsx';
import { hasPage } from '../pages.ts';
import { Accounts } from './Accounts.tsx';
import { Hidden } from './Hidden.tsx';
import { type Line, type Sums, sumsOf } from './lines.ts';
import styles from './page.module.css';
import { Scope } from './Scope.tsx';
import { Sites } from './Sites.tsx';
import { Survey } from './Survey.tsx';

/** What lies where, and what stands in the way? */
export default function InventoryPage() {
  const { id: organisation } = useHere();
  const [view] = useInAddress('view');
  const [site] = useInAddress('site');
  const lines = useAsk('GET /organisations/{organisation}/inventory', { organisation, query: {} });
  const sites = useAsk('GET /organisations/{organisation}/sites', { organisation });
  const error = lines.error ?? sites.error;
  if (!lines.data || !sites.data) {
    const again = (): void => void Promise.all([lines.refetch(), sites.refetch()]);
    return error ? <Wrong error={error} again={again} /> : <Waiting />;
  }
  const own = site === undefined ? lines.data : lines.data.filter((line) => line.site === site);
  if (view === 'scope') return <Scope lines={own} site={site} sites={sites.data} />;
  return <Inventory lines={lines.data} own={own} site={site} sites={sites.data} />;
}

export interface Site {
  id: string;
  name: string;
}

interface InventoryProps {
  lines: readonly Line[];
  /** Of the site that is shown. */
  own: readonly Line[];
  site: string | undefined;
  sites: readonly Site[];
}

function Inventory({ lines, own, site, sites }: InventoryProps) {
  const { say, figures } = useWords();
  const here = useHere();
  const [isAsking, setAsking] = useState(false);
  const sums = sumsOf(lines);
  if (lines.length === 0) return <Nothing />;
  const facts = [
    say('inventory.under.surveyed', { n: figures.number(sums.known), of: figures.number(sums.accounts) }),
    say('inventory.under.people', { count: sums.people, n: figures.number(sums.people) }),
  ];
  return (
    <>
      <PageTitle title={say('inventory.title')} under={facts.join(' · ')}>
        <PageLink to="inventory" search={{ view: 'scope', site }} className={buttonClass()}>
          {say('inventory.scope.open')}
        </PageLink>
        {here.may('check') && (
          <Button kind="primary" onClick={() => setAsking(true)}>
            {say('inventory.survey.act')}
          </Button>
        )}
      </PageTitle>
      <Figures sums={sumsOf(own)} />
      <div className={styles.columns}>
        <Sites lines={lines} sites={sites} site={site} />
        <Hidden />
      </div>
      <Accounts lines={own} sites={sites} site={site} />
      {isAsking && <Survey lines={lines} sites={sites} site={site} onClose={() => setAsking(false)} />}
    </>
  );
}

function Figures({ sums }: { sums: Sums }) {
  const { say, figures } = useWords();
  const { number } = figures;
  const isWhole = sums.known === sums.accounts;
  const isClear = sums.important === 0 && !isWhole;
  return (
    <Kpis>
      <Kpi
        value={isClear ? '–' : number(sums.important)}
        look={sums.important > 0 ? 'bad' : isWhole ? 'zero' : undefined}
      >
        {isClear
          ? say('inventory.kpi.important-yet')
          : say('inventory.kpi.important', { count: sums.important })}
      </Kpi>
      <Kpi value={`${number(sums.known)} / ${number(sums.accounts)}`}>
        {say('inventory.kpi.surveyed', { count: sums.known })}
      </Kpi>
      <Kpi value={number(sums.messages)}>{say('inventory.kpi.messages', { count: sums.messages })}</Kpi>
      <Kpi value={figures.bytes(sums.bytes)}>{say('inventory.kpi.bytes')}</Kpi>
      <Kpi value={number(sums.archives)}>
        {say('inventory.kpi.archives', { count: sums.archives, size: figures.bytes(sums.archiveBytes) })}
      </Kpi>
    </Kpis>
  );
}

function Nothing() {
  const { say } = useWords();
  const here = useHere();
  return (
    <>
      <PageTitle title={say('inventory.title')} />
      <Card label={say('inventory.empty.title')}>
        <Empty
          title={say('inventory.empty.title')}
          actions={
            hasPage('import') &&
            here.may('import') && (
              <PageLink to="import" className={buttonClass('primary')}>
                {say('inventory.empty.import')}
              </PageLink>
            )
          }
        >
          {say('inventory.empty.body')}
        </Empty>
      </Card>
    </>
  );
}
