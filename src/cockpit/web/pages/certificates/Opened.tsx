import { useHere } from '../../api/me.ts';
import { buttonClass } from '../../components/Button.tsx';
import { PageLink } from '../../components/PageLink.tsx';
import { SidePanel } from '../../components/SidePanel.tsx';
import { useWords } from '../../words/words.tsx';
import { hasPage } from '../pages.ts';
import { useFile } from './Download.tsx';
import type { Certified } from './lines.ts';
import styles from './Opened.module.css';
import { Missing } from './Sums.tsx';
import { Verdict } from './Verdict.tsx';

const COUNTS = ['copied', 'merged', 'left', 'asked', 'doubled', 'altered', 'extra'] as const;

/** The counts of one person's certificate, and the files. */
export function Opened({ line, onClose }: { line: Certified; onClose(): void }) {
  const { say, figures } = useWords();
  const here = useHere();
  const fileOf = useFile();
  const { id: person, name, site, verdict, counts, atMs } = line;
  const mayRead = hasPage('findings') && here.may('see-findings') && verdict !== 'passed';
  return (
    <SidePanel
      title={name}
      under={
        <>
          {site && `${site} · `}
          <Verdict verdict={verdict} />
        </>
      }
      onClose={onClose}
      actions={
        <>
          <a className={buttonClass('primary')} href={fileOf(line, 'pdf')} download>
            {say('certificates.file.pdf')}
          </a>
          <a className={buttonClass()} href={fileOf(line, 'json')} download>
            {say('certificates.file.json')}
          </a>
        </>
      }
    >
      <dl className={styles.counts}>
        <div>
          <dt>{say('certificates.fact.missing')}</dt>
          <dd>
            <Missing missing={counts.missing} />
          </dd>
        </div>
        <div>
          <dt>{say('certificates.fact.entries')}</dt>
          <dd>{figures.number(counts.entries)}</dd>
        </div>
        {COUNTS.map((count) => (
          <div key={count} data-zero={counts[count] === 0 || undefined}>
            <dt>{say(`certificates.fact.${count}`)}</dt>
            <dd>{figures.number(counts[count])}</dd>
          </div>
        ))}
        <div>
          <dt>{say('certificates.fact.bytes')}</dt>
          <dd>{figures.bytes(counts.bytes)}</dd>
        </div>
        {atMs !== null && (
          <div>
            <dt>{say('certificates.fact.at')}</dt>
            <dd>{figures.when(atMs)}</dd>
          </div>
        )}
      </dl>
      <p className={styles.ways}>
        {mayRead && (
          <PageLink to="findings" search={{ person, show: 'all' }}>
            {say('certificates.fact.findings')}
          </PageLink>
        )}
        {hasPage('people') && (
          <PageLink to="people" search={{ person }}>
            {say('certificates.fact.person')}
          </PageLink>
        )}
      </p>
    </SidePanel>
  );
}
