import { NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type AnswerOf, useAct } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { Form, FormActions } from '../../components/Form.tsx';
import { Wrong, wrongField } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';
import { type Granted, isWhole, RoleFields, type Site } from './roles.tsx';

export type Invited = AnswerOf<'POST /organisations/{organisation}/invitations'> & { email: string };

interface InviteProps {
  sites: readonly Site[] | undefined;
  onClose(): void;
  onInvited(invited: Invited): void;
}

const LANGUAGES = ['fr', 'en'] as const;

/** Who, as what, in which language: a link comes of it. */
export function Invite({ sites, onClose, onInvited }: InviteProps) {
  const { say, language: spoken } = useWords();
  const { id: organisation } = useHere();
  const { act, acting, error } = useAct('POST /organisations/{organisation}/invitations');
  const [email, setEmail] = useState('');
  const [granted, setGranted] = useState<Granted>({ role: 'it-manager', site: null });
  const [language, setLanguage] = useState<(typeof LANGUAGES)[number]>(spoken);
  const [sent, setSent] = useState(false);
  const invite = async (): Promise<void> => {
    setSent(true);
    if (!isWhole(granted)) return;
    const link = await act({ organisation, body: { ...granted, email: email.trim(), language } });
    onInvited({ ...link, email: email.trim() });
  };
  return (
    <Dialog open title={say('operators.invite.title')} onClose={onClose}>
      <p>{say('operators.invite.body')}</p>
      <Form onSubmit={() => void invite().catch(() => {})}>
        <TextInput
          label={say('operators.email')}
          type="email"
          required
          withAsterisk={false}
          maxLength={254}
          autoComplete="off"
          value={email}
          error={wrongField(error, 'email')}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <RoleFields value={granted} onChange={setGranted} sites={sites} sent={sent} />
        <NativeSelect
          label={say('operators.invite.language')}
          value={language}
          data={LANGUAGES.map((value) => ({ value, label: say(`door.language.${value}`) }))}
          onChange={(event) => setLanguage(event.currentTarget.value as typeof language)}
        />
        <Wrong error={error} />
        <FormActions>
          <Button type="submit" kind="primary" acting={acting}>
            {say('operators.invite.send')}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            {say('shell.cancel')}
          </Button>
        </FormActions>
      </Form>
    </Dialog>
  );
}
