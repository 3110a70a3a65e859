import type { Id, Operator, OperatorRole, Role } from '../../../records/facts.ts';

/**
 * Everything that somebody may be let do; a closed list, what is not granted below is refused.
 *
 * - `visit`           the frame of every page: name and language of the organisation, and one's own sites
 * - `see`             people, waves, progress, certificates
 * - `see-findings`    what was left or asked, with the subjects of messages
 * - `prepare`         people, accounts, sites, waves
 * - `import`          a prepared file
 * - `enter-secrets`   passwords and tokens, into the vault only
 * - `check`           whether accounts can be reached; surveys
 * - `invite-people`   personal links of the portal
 * - `decide-gates`    tick a gate, go or no-go
 * - `start`           start, pause, resume, retry, take back
 * - `accept-findings` with a reason
 * - `export`          the project without secrets
 * - `operators`       invite, change, disable; links for a new password
 * - `tokens`          of the API
 * - `settings`        of an organisation, or (organisation null) of this server
 * - `audit`           read who did what
 * - `organisations`   add one, on this server
 */
export const actions = [
  'visit',
  'see',
  'see-findings',
  'prepare',
  'import',
  'enter-secrets',
  'check',
  'invite-people',
  'decide-gates',
  'start',
  'accept-findings',
  'export',
  'operators',
  'tokens',
  'settings',
  'audit',
  'organisations',
] as const;
export type Action = (typeof actions)[number];

export const roles = ['consultant', 'it-manager', 'site-correspondent', 'auditor'] as const satisfies Role[];

/** What it is done on. Null organisation: this server as a whole. A site is named where the thing belongs to one. */
export interface On {
  organisation: Id | null;
  site?: Id | null;
}

/** Whose roles are asked: an operator, or a token of the API. */
export type Holder = Pick<Operator, 'roles' | 'disabled'>;

const IN_ONE: readonly Action[] = actions.filter((action) => action !== 'organisations');

const GRANTED: Record<Role, ReadonlySet<Action>> = {
  consultant: new Set(actions),
  'it-manager': new Set(IN_ONE),
  'site-correspondent': new Set(['visit', 'see', 'enter-secrets']),
  auditor: new Set(['visit', 'see', 'see-findings', 'export', 'audit']),
};

/** Pure. No unless a role says yes. */
export function may(holder: Holder, action: Action, on: On): boolean {
  return (
    !holder.disabled &&
    holder.roles.some((role) => GRANTED[role.role].has(action) && reaches(role, action, on))
  );
}

/** A token may what its roles say, and never more than its owner may now. */
export function mayToken(token: Holder, owner: Holder, action: Action, on: On): boolean {
  return may(token, action, on) && may(owner, action, on);
}

/** Sites of an organisation whose people one may see: all, or these (perhaps none). */
export function sitesSeen(holder: Holder, organisation: Id): 'all' | Id[] {
  if (may(holder, 'see', { organisation })) return 'all';
  const own = holder.roles.flatMap((role) =>
    role.organisation === organisation && role.site ? [role.site] : [],
  );
  return own.filter((site) => may(holder, 'see', { organisation, site }));
}

/** Whether one may give this role to somebody: within one's own reach, and nothing that one is not let do oneself. */
export function mayGrant(holder: Holder, wanted: OperatorRole): boolean {
  if (!isWhole(wanted)) return false;
  const { organisation, site } = wanted;
  const on = { organisation, site };
  if (!may(holder, 'operators', on)) return false;
  return [...GRANTED[wanted.role]].every((action) => !reaches(wanted, action, on) || may(holder, action, on));
}

/** Only a consultant is of all organisations; a correspondent has one site, the others none. */
export function isWhole({ role, organisation, site }: OperatorRole): boolean {
  if (role === 'site-correspondent') return organisation !== null && site !== null;
  return site === null && (organisation !== null || role === 'consultant');
}

function reaches(role: OperatorRole, action: Action, on: On): boolean {
  if (!isWhole(role)) return false;
  // Of all organisations: also what belongs to none.
  if (role.organisation === null) return true;
  if (action === 'organisations' || on.organisation !== role.organisation) return false;
  if (role.site === null || action === 'visit') return true;
  return on.site === role.site;
}
