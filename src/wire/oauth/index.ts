/** OAuth 2.0 (RFC 6749) as far as XOAUTH2 needs it: consent of one person, tokens, their renewal. */

export { type Authorization, type Brought, beginAuthorization, readRedirect } from './authorization.ts';
export { readEndpoint } from './endpoint.ts';
export {
  type Client,
  clientCredentials,
  exchangeCode,
  jwtBearer,
  refresh,
  type ServiceAccount,
} from './grants.ts';
export { readIdToken } from './id-token.ts';
export { isGood, renewing } from './renewing.ts';
export type { AccessToken, TokenAnswer } from './token-answer.ts';
