import type { ReactNode } from 'react';
import { Note } from '../../components/Notice.tsx';
import { PageLink } from '../../components/PageLink.tsx';
import { SidePanel } from '../../components/SidePanel.tsx';
import { Chip } from '../../components/State.tsx';
import { useWords } from '../../words/words.tsx';
import { hasPage } from '../pages.ts';
import { importantOf, kindOf, type Line, notesOf } from './lines.ts';
import styles from './Opened.module.css';
import { periodOf } from './period.ts';

interface OpenedProps {
  line: Line;
  site: string | undefined;
  onClose(): void;
}

/** One account: what was counted, and each risk as a sentence. */
export function Opened({ line, site, onClose }: OpenedProps) {
  const { say, figures } = useWords();
  const { person, personName, address, surveyedMs, trouble, messages, bytes, folders } = line;
  const number = (n: number | null): string => (n === null ? '–' : figures.number(n));
  const amounts = [number(messages), bytes === null ? '–' : figures.bytes(bytes), number(folders)];
  return (
    <SidePanel title={personName} under={<Chip>{kindOf(line)}</Chip>} onClose={onClose}>
      <div className={styles.parts}>
        {trouble && (
          <Note tone="bad" title={say('inventory.panel.trouble')}>
            {trouble}
          </Note>
        )}
        <Risks title={say('inventory.panel.important')} risks={importantOf(line)} tone="bad" />
        <Risks title={say('inventory.panel.notes')} risks={notesOf(line)} tone="note" />
        {line.risks.length === 0 && (
          <p>{say(surveyedMs === null ? 'inventory.panel.unknown' : 'inventory.panel.none')}</p>
        )}
        <dl className={styles.facts}>
          <Fact name={say('inventory.panel.figures')}>{amounts.join(' · ')}</Fact>
          <Fact name={say('inventory.panel.period')}>{periodOf(line, figures)}</Fact>
          <Fact name={say('inventory.panel.address')}>{address}</Fact>
          {site && <Fact name={say('inventory.panel.site')}>{site}</Fact>}
          <Fact name={say('inventory.panel.surveyed')}>
            {surveyedMs === null ? say('inventory.accounts.not-yet') : figures.when(surveyedMs)}
          </Fact>
          {hasPage('people') && (
            <Fact name={say('inventory.panel.person')}>
              <PageLink to="people" search={{ person }}>
                {personName}
              </PageLink>
            </Fact>
          )}
        </dl>
      </div>
    </SidePanel>
  );
}

interface RisksProps {
  title: string;
  risks: Line['risks'];
  tone: 'bad' | 'note';
}

function Risks({ title, risks, tone }: RisksProps) {
  if (risks.length === 0) return null;
  return (
    <div className={styles.risks} data-tone={tone}>
      <h3>{title}</h3>
      <ul>
        {risks.map(({ sentence }) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </div>
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
