import { door } from '../shell/doors.ts';
import type { LinkFacts, Links } from './links.ts';
import { checkPassword } from './password.ts';
import type { NewOperator, SignIn } from './sign-in.ts';
import type { Users } from './users.ts';

/** What links open: the first operator, invitations, new passwords. */
export type ByLink = Pick<
  SignIn,
  | 'firstLink'
  | 'invite'
  | 'look'
  | 'acceptFirst'
  | 'acceptInvitation'
  | 'withdrawInvitations'
  | 'resetLink'
  | 'acceptReset'
>;

/** `origin` is the public address. */
export function byLink(users: Users, links: Links, origin: string): ByLink {
  /** Used up first: of two at once, one makes an operator. */
  async function accept<Kind extends 'first' | 'invited'>(
    kind: Kind,
    token: string,
    one: NewOperator,
    keep: (userId: string) => Promise<void>,
  ): Promise<string> {
    links.use(kind, token);
    let userId: string | null = null;
    try {
      userId = await users.createUser({ ...one, addressVouchedFor: true });
      await keep(userId);
      return userId;
    } catch (error) {
      if (userId !== null) await users.removeUser(userId);
      links.giveBack(token);
      throw error;
    }
  }
  async function look(kind: 'first' | 'invited' | 'reset', token: string) {
    const { facts, untilMs } = links.look(kind, token);
    if (kind === 'first' && (await users.begun())) throw door('already-begun');
    if (kind !== 'reset') return { facts, untilMs };
    const known = await users.addressOf((facts as LinkFacts<'reset'>).userId);
    if (known === null) throw door('link-unknown');
    return { email: known.email, name: known.name, untilMs };
  }
  return {
    look: look as SignIn['look'],
    async firstLink() {
      links.void('first');
      return (await users.begun()) ? null : links.make('first', origin, {});
    },
    async invite(of) {
      links.void('invited', ({ email }) => email.toLowerCase() === of.email.toLowerCase());
      return links.make('invited', origin, of);
    },
    async acceptFirst(token, one, keep) {
      await look('first', token);
      return accept('first', token, one, keep);
    },
    async acceptInvitation(token, one, keep) {
      const { facts } = links.look('invited', token);
      return accept('invited', token, { ...one, email: facts.email }, (userId) => keep(userId, facts));
    },
    withdrawInvitations: (which) => links.void('invited', which),
    async resetLink(userId) {
      links.void('reset', (of) => of.userId === userId);
      return links.make('reset', origin, { userId });
    },
    async acceptReset(token, password) {
      const { userId } = links.look('reset', token).facts;
      const known = await users.addressOf(userId);
      if (known === null) throw door('link-unknown');
      checkPassword(password, known);
      links.use('reset', token);
      await users.setPassword(userId, password);
      await users.endSessions(userId);
      return userId;
    },
  };
}
