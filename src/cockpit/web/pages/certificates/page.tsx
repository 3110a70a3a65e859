import { useAsk } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { buttonClass } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { Empty } from '../../components/Empty.tsx';
import { Kpi, Kpis } from '../../components/Kpi.tsx';
import { PageLink } from '../../components/PageLink.tsx';
import { PageTitle } from '../../components/PageTitle.tsx';
import { Wrong } from '../../components/Wrong.tsx';
import { Waiting } from '../../shell/Waiting.tsx';
import { useWords } from '../../words/words.tsx';
import { hasPage } from '../pages.ts';
import { useFile } from './Download.tsx';
import { isCertified, type Line, leftOf } from './lines.ts';
import { People } from './People.tsx';
import styles from './page.module.css';
import { Sums } from './Sums.tsx';
import { Verify } from './Verify.tsx';

/** What is proven, for whom, and how does anybody check it? */
export default function CertificatesPage() {
  const { say, figures } = useWords();
  const { id: organisation } = useHere();
  const fileOf = useFile();
  const { data, error, refetch } = useAsk('GET /organisations/{organisation}/certificates', {
    organisation,
  });
  if (!data) return error ? <Wrong error={error} again={() => void refetch()} /> : <Waiting />;
  const people = data.filter(({ of }) => of === 'person');
  const count = people.filter(isCertified).length;
  const whole = data.find(({ of }) => of === 'organisation');
  const of = figures.number(people.length);
  return (
    <>
      <PageTitle
        title={say('certificates.title')}
        under={say('certificates.under', { count, n: figures.number(count), of })}
      >
        {whole && count > 0 && (
          <a className={buttonClass('primary')} href={fileOf(whole, 'pdf')} download>
            {say('certificates.file.whole')}
          </a>
        )}
      </PageTitle>
      <Figures whole={whole} certified={count} people={people.length} />
      {count === 0 && (
        <Card label={say('certificates.people.nobody')} className={styles.gap}>
          <Empty title={say('certificates.people.nobody')}>{say('certificates.people.nobody-body')}</Empty>
        </Card>
      )}
      <div className={styles.columns}>
        {count > 0 && <Sums lines={data.filter((line) => line.of !== 'person')} />}
        {count > 0 && <Verify />}
      </div>
      <People lines={people} />
    </>
  );
}

interface FiguresProps {
  whole: Line | undefined;
  certified: number;
  people: number;
}

/** The number that matters first. */
function Figures({ whole, certified, people }: FiguresProps) {
  const { say, figures } = useWords();
  const { number } = figures;
  if (!whole || !isCertified(whole))
    return (
      <Kpis>
        <Kpi value="–">{say('certificates.kpi.missing-yet')}</Kpi>
        <Kpi value={`0 / ${number(people)}`}>{say('certificates.kpi.people', { count: 0 })}</Kpi>
      </Kpis>
    );
  const { missing, entries, bytes, merged } = whole.counts;
  const left = leftOf(whole);
  return (
    <Kpis>
      <Kpi value={number(missing)} look={missing === 0 ? 'zero' : 'bad'}>
        {say('certificates.kpi.missing', { count: missing })}
        {missing > 0 && <WayToFindings is="missing" />}
      </Kpi>
      <Kpi value={`${number(certified)} / ${number(people)}`}>
        {say('certificates.kpi.people', { count: certified })}
      </Kpi>
      <Kpi value={number(entries)}>
        {say('certificates.kpi.entries', { count: entries, size: figures.bytes(bytes) })}
      </Kpi>
      <Kpi value={number(merged)}>{say('certificates.kpi.merged', { count: merged })}</Kpi>
      <Kpi value={number(left)}>
        {say('certificates.kpi.left', { count: left })}
        {left > 0 && <WayToFindings is="left" />}
      </Kpi>
    </Kpis>
  );
}

function WayToFindings({ is }: { is: string }) {
  const { say } = useWords();
  const here = useHere();
  if (!hasPage('findings') || !here.may('see-findings')) return null;
  return (
    <>
      {' · '}
      <PageLink to="findings" search={{ is, show: 'all' }}>
        {say('certificates.kpi.read')}
      </PageLink>
    </>
  );
}
