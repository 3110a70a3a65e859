import type { Project } from '../../app/project/project.ts';
import type { Asker } from './handler.ts';
import { credentialOf } from './shell/credentials.ts';
import { door } from './shell/doors.ts';
import { type Action, type Holder, may, mayToken, type On, sitesSeen } from './sign-in/roles.ts';
import type { SignIn } from './sign-in/sign-in.ts';

/** Whether the session or token by which a request came is still one, long after the request began. */
export async function isStillIn(signIn: SignIn, request: Request, nowMs: number): Promise<boolean> {
  const credential = credentialOf(request);
  if (credential === null) return false;
  if (credential.by === 'session')
    return (await signIn.sessions(credential.userId)).some(({ id }) => id === credential.sessionId);
  const { id } = credential.token;
  return signIn.tokens
    .list()
    .some((token) => token.id === id && (token.expiresMs === null || token.expiresMs > nowMs));
}

/**
 * Who asks, by the credential that the shell found and the operators of the records. Null: nobody is signed in. A token may what
 * it was given, and never more than its owner may today.
 *
 * @throws Trouble of the door: somebody who is let in no longer
 */
export async function askerOf(project: Project, request: Request): Promise<Asker | null> {
  const credential = credentialOf(request);
  if (credential === null) return null;
  const user = credential.by === 'token' ? credential.token.owner : credential.userId;
  const operator = await project.records.operatorOf(user);
  if (operator === null || operator.disabled) throw door('disabled');
  const { name, email, language } = operator;
  const who = { email, user, language };
  if (credential.by === 'session')
    return {
      ...{ ...who, name, holder: operator, session: credential.sessionId },
      may: (action, on) => may(operator, action, on),
      sites: (organisation) => sitesSeen(operator, organisation),
    };
  const token: Holder = { roles: credential.token.roles, disabled: false };
  const both = (action: Action, on: On): boolean => mayToken(token, operator, action, on);
  return {
    ...{ ...who, name: `${name} (${credential.token.name})`, holder: token, session: null, may: both },
    sites(organisation) {
      const [own, owners] = [sitesSeen(token, organisation), sitesSeen(operator, organisation)];
      if (own === 'all') return owners;
      return owners === 'all' ? own : own.filter((site) => owners.includes(site));
    },
  };
}
