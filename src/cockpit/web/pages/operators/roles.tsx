import { NativeSelect } from '@mantine/core';
import { type AnswerOf, useAsk } from '../../api/ask.ts';
import { PageLink } from '../../components/PageLink.tsx';
import { useWords } from '../../words/words.tsx';
import { hasPage } from '../pages.ts';

export type Operator = AnswerOf<'GET /organisations/{organisation}/operators'>[number];
export type Role = Operator['role'];
export type Site = AnswerOf<'GET /organisations/{organisation}/sites'>[number];

export const ROLES: readonly Role[] = ['it-manager', 'site-correspondent', 'auditor', 'consultant'];
/** A token is of the whole organisation. */
export const TOKEN_ROLES: readonly Role[] = ['auditor', 'it-manager'];

export interface Granted {
  role: Role;
  site: string | null;
}

export function useSites(organisation: string): readonly Site[] | undefined {
  return useAsk('GET /organisations/{organisation}/sites', { organisation }).data;
}

export function isWhole({ role, site }: Granted): boolean {
  return role !== 'site-correspondent' || site !== null;
}

interface RoleFieldsProps {
  value: Granted;
  onChange(value: Granted): void;
  sites: readonly Site[] | undefined;
  /** Of a form that was sent: what is missing is told. */
  sent: boolean;
}

/** A role with what it may do, and the site where it needs one. */
export function RoleFields({ value, onChange, sites, sent }: RoleFieldsProps) {
  const { say } = useWords();
  const ofSite = value.role === 'site-correspondent';
  return (
    <>
      <NativeSelect
        label={say('operators.role')}
        description={say(`operators.does.${value.role}`)}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        value={value.role}
        data={ROLES.map((role) => ({ value: role, label: say(`shell.role.${role}`) }))}
        onChange={(event) => {
          const role = event.currentTarget.value as Role;
          onChange({ role, site: role === 'site-correspondent' ? value.site : null });
        }}
      />
      {ofSite && sites?.length === 0 && (
        <p>
          {say('operators.site-none')}{' '}
          {hasPage('settings') && (
            <PageLink to="settings" search={{ part: 'sites', site: 'new' }}>
              {say('settings.site.add')}
            </PageLink>
          )}
        </p>
      )}
      {ofSite && sites !== undefined && sites.length > 0 && (
        <NativeSelect
          label={say('operators.site')}
          value={value.site ?? ''}
          error={sent && value.site === null ? say('operators.site-missing') : undefined}
          data={[
            { value: '', label: say('operators.site-choose') },
            ...sites.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(event) => onChange({ ...value, site: event.currentTarget.value || null })}
        />
      )}
    </>
  );
}
