import { useHere } from '../../api/me.ts';
import { Card } from '../../components/Card.tsx';
import { PageLink } from '../../components/PageLink.tsx';
import { Shape } from '../../components/Shape.tsx';
import { useWords } from '../../words/words.tsx';
import { hasPage } from '../pages.ts';
import type { Road } from './Head.tsx';
import styles from './Todos.module.css';

type Todo = Road['todo'][number];

/** The page where it is done, what that page should show, and the action that it needs. */
const WHERE: Record<Todo['code'], { to: string; may: string; search?: Record<string, string> }> = {
  'add-site': { to: 'settings', may: 'prepare' },
  'import-people': { to: 'import', may: 'import' },
  'place-people': { to: 'waves', may: 'prepare' },
  'enter-secrets': { to: 'people', may: 'enter-secrets', search: { need: 'secret' } },
  'mend-accounts': { to: 'people', may: 'enter-secrets', search: { need: 'check' } },
  'decide-wave': { to: 'waves/$wave', may: 'decide-gates' },
  'start-wave': { to: 'waves/$wave', may: 'start' },
  'read-findings': { to: 'findings', may: 'see' },
  'mend-failed': { to: 'people', may: 'start', search: { state: 'failed' } },
  'end-wave': { to: 'waves/$wave', may: 'decide-gates' },
  'survey-accounts': { to: 'inventory', may: 'see' },
};

/** What needs a person now. */
export function Todos({ todos }: { todos: readonly Todo[] }) {
  const { say } = useWords();
  return (
    <Card title={say('road.todo.title')}>
      {todos.length === 0 ? (
        <p className={styles.none}>
          {say('road.todo.none')}
          <small>{say('road.todo.none-under')}</small>
        </p>
      ) : (
        <ul className={styles.todos}>
          {todos.map((todo) => (
            <Item key={`${todo.code} ${todo.wave}`} todo={todo} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function Item({ todo }: { todo: Todo }) {
  const { say, figures } = useWords();
  const here = useHere();
  const { code, done, count, wave } = todo;
  const { to, may, search } = WHERE[code];
  const text = say(`road.todo.code.${code}`, { count, n: figures.number(count), name: todo.name ?? '' });
  const params: Record<string, string> = wave === null ? {} : { wave };
  const goes = hasPage(to) && here.may(may) && (wave !== null || !to.includes('$'));
  const where = wave !== null && !to.includes('$') ? { ...search, wave } : search;
  return (
    <li data-done={done || undefined}>
      <span className={styles.box}>
        {done && <Shape name="check" size={12} />}
        <span className="visually-hidden">{say(done ? 'road.todo.done' : 'road.todo.open')}</span>
      </span>
      <div>
        {goes && !done ? (
          <PageLink to={to} params={params} {...(where ? { search: where } : {})}>
            {text}
          </PageLink>
        ) : (
          text
        )}
        <small>{say(`road.todo.why.${code}`)}</small>
      </div>
    </li>
  );
}
