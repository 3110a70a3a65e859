import { useMemo, useState } from 'react';
import { useAsk } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { type Column, DataTable } from '../../components/DataTable.tsx';
import { Empty } from '../../components/Empty.tsx';
import { useInAddress } from '../../components/PageLink.tsx';
import { PageTitle } from '../../components/PageTitle.tsx';
import { listed } from '../../components/paged.ts';
import { Chip } from '../../components/State.tsx';
import { TableTools } from '../../components/TableTools.tsx';
import { Wrong } from '../../components/Wrong.tsx';
import { folded } from '../../shell/folded.ts';
import { type PageWords, useWords } from '../../words/words.tsx';
import { Invite, type Invited } from './Invite.tsx';
import { OperatorPanel } from './OperatorPanel.tsx';
import styles from './page.module.css';
import { type Operator, useSites } from './roles.tsx';
import { ShownOnce } from './ShownOnce.tsx';
import { Tokens } from './Tokens.tsx';

/** Who may do what here: people and programs. */
export default function OperatorsPage() {
  const words = useWords();
  const { say, figures } = words;
  const { id: organisation, may } = useHere();
  const { data, error, refetch } = useAsk('GET /organisations/{organisation}/operators', { organisation });
  const sites = useSites(organisation);
  const [text, setText] = useInAddress('text');
  const [opened, setOpened] = useInAddress('operator');
  const [inviting, setInviting] = useState(false);
  const [invited, setInvited] = useState<Invited | null>(null);
  const siteNames = useMemo(() => new Map(sites?.map(({ id, name }) => [id, name])), [sites]);
  const columns = useMemo(() => columnsOf(words, siteNames), [words, siteNames]);
  const found = useMemo(
    () => data?.filter((one) => folded(searched(one, words, siteNames)).includes(folded(text?.trim() ?? ''))),
    [data, text, words, siteNames],
  );
  const rows = useMemo(() => ({ ...listed(found), question: text ?? '' }), [found, text]);
  const one = data?.find(({ id }) => id === opened);
  return (
    <>
      <PageTitle title={say('operators.title')} under={say('operators.under')}>
        <Button kind="primary" onClick={() => setInviting(true)}>
          {say('operators.invite.act')}
        </Button>
      </PageTitle>
      {invited && (
        <ShownOnce
          title={say('operators.invite.done', { email: invited.email })}
          body={say('operators.invite.done-body', { until: figures.moment(invited.untilMs) })}
          text={invited.link}
          onDone={() => setInvited(null)}
        />
      )}
      <Wrong error={error} again={() => void refetch()} />
      {data && (
        <Card flush label={say('operators.list')}>
          <TableTools
            text={text}
            onText={setText}
            placeholder={say('operators.filter')}
            aside={say('operators.count', { count: data.length, n: figures.number(data.length) })}
          />
          <DataTable
            label={say('operators.list')}
            rows={rows}
            columns={columns}
            idOf={({ id }) => id}
            nameOf={({ name }) => name}
            onOpen={({ id }) => setOpened(id)}
            opened={opened}
            empty={<Empty title={say('operators.none')}>{say('operators.under')}</Empty>}
            rowHeight={56}
            around={420}
          />
        </Card>
      )}
      {may('tokens') && <Tokens />}
      {one && (
        <OperatorPanel key={one.id} operator={one} sites={sites} onClose={() => setOpened(undefined)} />
      )}
      {inviting && (
        <Invite
          sites={sites}
          onClose={() => setInviting(false)}
          onInvited={(link) => {
            setInviting(false);
            setInvited(link);
          }}
        />
      )}
    </>
  );
}

type Names = ReadonlyMap<string, string>;

function siteOf({ site }: Operator, { say }: PageWords, names: Names): string {
  return site === null ? say('operators.site-all') : (names.get(site) ?? site);
}

function searched(one: Operator, words: PageWords, names: Names): string {
  return [one.name, one.email, words.say(`shell.role.${one.role}`), siteOf(one, words, names)].join('\n');
}

function columnsOf(words: PageWords, names: Names): Column<Operator>[] {
  const { say } = words;
  return [
    {
      id: 'name',
      head: say('operators.name'),
      width: 'minmax(0, 1.6fr)',
      cell: ({ name, email, me }) => (
        <span className={styles.who}>
          <span>
            <strong>{name}</strong>
            {me && <Chip>{say('operators.me')}</Chip>}
          </span>
          <small>{email}</small>
        </span>
      ),
    },
    { id: 'role', head: say('operators.role'), narrow: true, cell: ({ role }) => say(`shell.role.${role}`) },
    { id: 'site', head: say('operators.site'), cell: (one) => siteOf(one, words, names) },
    {
      id: 'language',
      head: say('operators.language'),
      width: '110px',
      cell: ({ language }) => say(`door.language.${language}`),
    },
    {
      id: 'access',
      head: say('operators.access'),
      width: '110px',
      cell: ({ disabled }) => (
        <Chip tone={disabled ? 'wait' : 'ok'} shape={disabled ? 'cross' : 'check'}>
          {say(disabled ? 'operators.closed' : 'operators.open')}
        </Chip>
      ),
    },
  ];
}
