import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useAsk } from '../../api/ask.ts';
import { buttonClass } from '../../components/Button.tsx';
import { Empty } from '../../components/Empty.tsx';
import { Wrong } from '../../components/Wrong.tsx';
import { Outside } from '../../shell/Outside.tsx';
import { Waiting } from '../../shell/Waiting.tsx';
import { useWords } from '../../words/words.tsx';
import styles from './page.module.css';

/** The organisations of the operator; somebody with one alone, who cannot add any, goes there at once. */
export default function ChoosePage() {
  const { say, sayIfKnown } = useWords();
  const { data: me, isPending, error, refetch } = useAsk('GET /me', {});
  const navigate = useNavigate();
  const only =
    me && !me.mayAddOrganisations && me.organisations.length === 1 ? me.organisations[0] : undefined;
  useEffect(() => {
    if (only)
      void navigate({ to: '/o/$organisation', params: { organisation: only.id } as never, replace: true });
  }, [only, navigate]);
  const add = me?.mayAddOrganisations && (
    <Link to="/new" className={buttonClass(me.organisations.length ? 'plain' : 'primary')}>
      {say('door.choose.add')}
    </Link>
  );
  return (
    <Outside title={say('door.choose.title')} wide>
      {isPending && <Waiting />}
      <Wrong error={error} again={() => void refetch()} />
      {me && !only && me.organisations.length === 0 && (
        <Empty title={say('door.choose.none')} actions={add}>
          {say(me.mayAddOrganisations ? 'door.choose.none-body' : 'door.choose.none-mine')}
        </Empty>
      )}
      {me && !only && me.organisations.length > 0 && (
        <>
          <p>{say('door.choose.body')}</p>
          <ul className={styles.list}>
            {me.organisations.map(({ id, name, role }) => (
              <li key={id}>
                <Link to="/o/$organisation" params={{ organisation: id } as never}>
                  <strong>{name}</strong>
                  <small>{sayIfKnown(`shell.role.${role}`, role)}</small>
                </Link>
              </li>
            ))}
          </ul>
          {add}
        </>
      )}
    </Outside>
  );
}
