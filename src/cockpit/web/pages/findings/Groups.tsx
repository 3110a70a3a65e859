import { useId } from 'react';
import { useHere } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { useInAddress } from '../../components/PageLink.tsx';
import { Chip, State } from '../../components/State.tsx';
import { useWords } from '../../words/words.tsx';
import { useAccept } from './Accept.tsx';
import styles from './Groups.module.css';
import { type Filter, type Group, isMendable, keyOfGroup, ofFilter, queryOf, shownOf } from './groups.ts';
import { Messages } from './Messages.tsx';
import { useRetry } from './retry.ts';

/** One that is closed by hand stays closed, though it is the only one. */
const CLOSED = 'none';

/** Findings by cause; one is open at a time, and stands in the address. */
export function Groups({ groups, filter }: { groups: readonly Group[]; filter: Filter }) {
  const [asked, setAsked] = useInAddress('cause');
  const only = groups.length === 1 && groups[0] ? keyOfGroup(groups[0]) : undefined;
  const opened = asked ?? only;
  return (
    <ul className={styles.groups}>
      {groups.map((group) => {
        const key = keyOfGroup(group);
        const isOpen = key === opened;
        return (
          <li key={key}>
            <Row
              group={group}
              filter={filter}
              isOpen={isOpen}
              onPress={() => setAsked(isOpen ? CLOSED : key)}
            />
          </li>
        );
      })}
    </ul>
  );
}

interface RowProps {
  group: Group;
  filter: Filter;
  isOpen: boolean;
  onPress(): void;
}

function Row({ group, filter, isOpen, onPress }: RowProps) {
  const { say, figures } = useWords();
  const id = useId();
  const { cause, sentence, people, accepted } = group;
  const open = shownOf(group, 'open');
  return (
    <>
      <h2 className={styles.head}>
        <button
          type="button"
          className={styles.row}
          aria-expanded={isOpen}
          {...(isOpen ? { 'aria-controls': id } : {})}
          onClick={onPress}
        >
          <span className={styles.mark} aria-hidden="true" />
          <span className={styles.count}>{figures.number(shownOf(group, filter.show))}</span>
          <span className={styles.what}>
            <span className={styles.sentence}>{sentence}</span>
            {cause && !isOpen && (
              <span className={styles.cause}>{say('findings.quote', { text: cause })}</span>
            )}
          </span>
          <span className={styles.chips}>
            <Chip>{say('findings.group.people', { count: people, n: figures.number(people) })}</Chip>
            {open > 0 && (
              <State of="finding" is="open">
                {say('findings.group.open', { count: open, n: figures.number(open) })}
              </State>
            )}
            {accepted > 0 && (
              <State of="finding" is="accepted">
                {say('findings.group.accepted', { count: accepted, n: figures.number(accepted) })}
              </State>
            )}
          </span>
        </button>
      </h2>
      {isOpen && (
        <section id={id} className={styles.opened} aria-label={sentence}>
          <Meaning group={group} filter={filter} />
          <Messages query={queryOf(filter, group)} label={sentence} none={null} />
        </section>
      )}
    </>
  );
}

/** What it means, what can be done, and the buttons that do it. */
function Meaning({ group, filter }: { group: Group; filter: Filter }) {
  const { say, sayIfKnown, figures } = useWords();
  const here = useHere();
  const { is, code, cause, people } = group;
  const open = shownOf(group, 'open');
  const { retry, retrying } = useRetry();
  const accept = useAccept();
  const of = ofFilter(filter);
  const todo = (code && sayIfKnown(`findings.do.${code}`, '')) || sayIfKnown(`findings.do.${is}`, '');
  const means = sayIfKnown(`findings.means.${is}`, '');
  const mayRetry = here.may('start') && isMendable(is) && open > 0;
  const mayAccept = here.may('accept-findings') && open > 0;
  return (
    <div className={styles.meaning}>
      <dl>
        {means && (
          <div>
            <dt>{say('findings.group.means')}</dt>
            <dd>{means}</dd>
          </div>
        )}
        {cause && (
          <div>
            <dt>{say('findings.group.answer')}</dt>
            <dd>{say('findings.quote', { text: cause })}</dd>
          </div>
        )}
        {todo && (
          <div>
            <dt>{say('findings.group.do')}</dt>
            <dd>{todo}</dd>
          </div>
        )}
      </dl>
      {(mayRetry || mayAccept) && (
        <div className={styles.acts}>
          {mayAccept && (
            <Button onClick={() => accept.ask({ count: open, group: { ...of, is, code, cause } })}>
              {say('findings.accept.act-all', { count: open, n: figures.number(open) })}
            </Button>
          )}
          {mayRetry && (
            <Button kind="primary" acting={retrying} onClick={() => void retry(people, { ...of, is, cause })}>
              {say('findings.retry.act')}
            </Button>
          )}
        </div>
      )}
      {accept.dialog}
    </div>
  );
}
