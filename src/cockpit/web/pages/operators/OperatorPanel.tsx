import { useState } from 'react';
import { useAct, useAnswers } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { useConfirm } from '../../components/Confirm.tsx';
import { Form, FormActions } from '../../components/Form.tsx';
import { Note, useTell } from '../../components/Notice.tsx';
import { PageLink } from '../../components/PageLink.tsx';
import { SidePanel } from '../../components/SidePanel.tsx';
import { Wrong } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';
import { Changed } from '../settings/Changed.tsx';
import { useDraft } from '../settings/draft.ts';
import { type Granted, isWhole, type Operator, RoleFields, type Site } from './roles.tsx';

interface OperatorPanelProps {
  operator: Operator;
  sites: readonly Site[] | undefined;
  onClose(): void;
}

/** One operator: role and site, whether they are let in, where they are signed in. */
export function OperatorPanel({ operator, sites, onClose }: OperatorPanelProps) {
  const { say } = useWords();
  const { name, email, me, disabled } = operator;
  const changing = useChanging(operator);
  return (
    <SidePanel
      title={name}
      under={email}
      onClose={onClose}
      actions={!me && <Access operator={operator} changing={changing} />}
    >
      {me ? (
        <p>
          {say('operators.panel.own')} <PageLink to="account">{say('operators.panel.own-link')}</PageLink>
        </p>
      ) : (
        <>
          {disabled && <Note>{say('operators.panel.closed-note', { name })}</Note>}
          <RoleForm operator={operator} sites={sites} changing={changing} />
        </>
      )}
    </SidePanel>
  );
}

type Changing = ReturnType<typeof useChanging>;

function useChanging(operator: Operator) {
  const { id: organisation } = useHere();
  const answers = useAnswers();
  const { act, acting, error } = useAct('PATCH /organisations/{organisation}/operators/{operator}');
  const refresh = (): Promise<void> => answers.old('GET /organisations/{organisation}/operators');
  const change = async (
    changes: Partial<Granted> & { disabled?: boolean },
    version: number = operator.version,
  ): Promise<void> => {
    try {
      await act({ organisation, operator: operator.id, body: { ...changes, version } });
    } finally {
      // Refused because somebody else was first: what they stored is shown.
      await refresh();
    }
  };
  return { change, acting, error };
}

function RoleForm({
  operator,
  sites,
  changing,
}: Omit<OperatorPanelProps, 'onClose'> & { changing: Changing }) {
  const { say } = useWords();
  const tell = useTell();
  const { role, site, version, name } = operator;
  const draft = useDraft<Granted>({ role, site }, version);
  const [sent, setSent] = useState(false);
  const save = async (): Promise<void> => {
    setSent(true);
    if (!isWhole(draft.fields) || draft.theirs !== null) return;
    await changing.change(draft.fields, draft.version as number);
    tell(say('operators.saved', { name }));
  };
  return (
    <Form onSubmit={() => void save().catch(() => {})}>
      <h3>{say('operators.panel.change')}</h3>
      <RoleFields
        value={draft.fields}
        onChange={(value) => {
          draft.set('role', value.role);
          draft.set('site', value.site);
        }}
        sites={sites}
        sent={sent}
      />
      <Changed draft={draft} />
      {draft.theirs === null && <Wrong error={changing.error} />}
      <FormActions>
        <Button
          type="submit"
          kind="primary"
          acting={changing.acting}
          disabled={!draft.dirty || draft.theirs !== null}
        >
          {say('operators.save')}
        </Button>
        {draft.dirty && (
          <Button kind="quiet" onClick={draft.drop}>
            {say('shell.cancel')}
          </Button>
        )}
      </FormActions>
    </Form>
  );
}

function Access({ operator, changing }: { operator: Operator; changing: Changing }) {
  const { say } = useWords();
  const { id: organisation } = useHere();
  const confirm = useConfirm();
  const tell = useTell();
  const sessions = useAct('DELETE /organisations/{organisation}/operators/{operator}/sessions');
  const { name, disabled } = operator;
  const which = disabled ? 'reopen' : 'close';
  const turn = async (): Promise<void> => {
    const yes = await confirm({
      title: say(`operators.panel.${which}-title`, { name }),
      body: say(`operators.panel.${which}-body`),
      act: say(`operators.panel.${which}`),
      danger: !disabled,
    });
    if (!yes) return;
    await changing.change({ disabled: !disabled });
    tell(say(`operators.panel.${which}-done`, { name }));
  };
  const end = async (): Promise<void> => {
    const yes = await confirm({
      title: say('operators.panel.sessions-title', { name }),
      body: say('operators.panel.sessions-body'),
      act: say('operators.panel.sessions'),
      danger: true,
    });
    if (!yes) return;
    await sessions.act({ organisation, operator: operator.id });
    tell(say('operators.panel.sessions-done', { name }));
  };
  return (
    <>
      <Button
        kind={disabled ? 'plain' : 'danger'}
        acting={changing.acting}
        onClick={() => void turn().catch(() => {})}
      >
        {say(`operators.panel.${which}`)}
      </Button>
      {!disabled && (
        <Button acting={sessions.acting} onClick={() => void end().catch(() => {})}>
          {say('operators.panel.sessions')}
        </Button>
      )}
      <Wrong error={sessions.error} />
    </>
  );
}
