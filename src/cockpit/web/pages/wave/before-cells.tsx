import { Chip, State } from '../../components/State.tsx';
import { useWords } from '../../words/words.tsx';
import { sourceKinds } from '../waves/kinds.ts';
import type { Person } from '../waves/PersonCard.tsx';
import styles from './People.module.css';

export function Kinds({ person }: { person: Person }) {
  const { say } = useWords();
  const kinds = sourceKinds(person.accounts);
  if (kinds.length === 0) return <small>{say('runs.board.no-account')}</small>;
  return (
    <span className={styles.kinds}>
      {kinds.map((kind) => (
        <Chip key={kind}>{kind}</Chip>
      ))}
    </span>
  );
}

/** Of all old accounts, as far as somebody has looked. */
export function Amount({ person, of }: { person: Person; of: 'messages' | 'bytes' }) {
  const { figures } = useWords();
  const known = person.accounts.flatMap(({ role, amount }) => (role === 'source' && amount ? [amount] : []));
  if (known.length === 0) return '–';
  const sum = known.reduce((all, amount) => all + amount[of], 0);
  return of === 'bytes' ? figures.bytes(sum) : figures.number(sum);
}

/** The worst of the accounts: what keeps this person from moving. */
export function Access({ person }: { person: Person }) {
  const { accounts } = person;
  if (accounts.some(({ secret }) => secret === 'none')) return <State of="secret" is="none" />;
  if (accounts.some(({ check }) => check?.ok === false)) return <State of="check" is="failed" />;
  if (accounts.length === 0 || accounts.some(({ check }) => check === null))
    return <State of="check" is="none" />;
  return <State of="check" is="ok" />;
}
