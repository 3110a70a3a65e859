import { z } from 'zod';
import { route } from './route.ts';
import { Id, Language, Line, Ms, Version } from './values.ts';

export const OperatorRole = z.object({
  role: z.enum(['consultant', 'it-manager', 'site-correspondent', 'auditor']),
  site: Id.nullable(),
});
export const Operator = z.object({
  id: Id,
  version: Version,
  name: z.string(),
  email: z.string(),
  language: Language,
  role: OperatorRole.shape.role,
  site: Id.nullable(),
  disabled: z.boolean(),
  me: z.boolean(),
});
export const Token = z.object({
  id: Id,
  name: z.string(),
  role: z.string(),
  createdMs: Ms,
  expiresMs: Ms.nullable(),
  usedMs: Ms.nullable(),
});

export const operatorRoutes = {
  'GET /first': route({
    summary: 'Whether anybody has signed up yet',
    may: 'anyone',
    answer: z.object({ open: z.boolean() }),
  }),
  'POST /first/{token}': route({
    summary: 'The first operator, by the link that the server printed',
    may: 'anyone',
    body: z.object({
      name: Line,
      email: z.email().max(254),
      password: z.string().min(12).max(256),
      language: Language,
    }),
    answer: z.object({ email: z.string() }),
  }),
  'GET /invited/{token}': route({
    summary: 'What an invitation is for',
    may: 'anyone',
    answer: z.object({ email: z.string(), organisation: z.string(), role: z.string() }),
  }),
  'POST /invited/{token}': route({
    summary: 'Takes an invitation',
    may: 'anyone',
    body: z.object({ name: Line, password: z.string().min(12).max(256), language: Language }),
    answer: z.object({ email: z.string() }),
  }),
  'GET /organisations/{organisation}/operators': route({
    summary: 'Who may do what here',
    may: 'operators',
    answer: z.array(Operator),
  }),
  'POST /organisations/{organisation}/invitations': route({
    summary: 'A link for somebody new, shown once',
    may: 'operators',
    body: OperatorRole.extend({ email: z.email().max(254), language: Language }),
    answer: z.object({ link: z.string(), untilMs: Ms }),
  }),
  'PATCH /organisations/{organisation}/operators/{operator}': route({
    summary: 'Changes a role, or lets somebody in no longer',
    may: 'operators',
    body: OperatorRole.partial().extend({ version: Version, disabled: z.boolean().optional() }),
    answer: Operator,
  }),
  'DELETE /organisations/{organisation}/operators/{operator}/sessions': route({
    summary: 'Ends all sessions of an operator',
    may: 'operators',
  }),
  'GET /organisations/{organisation}/tokens': route({
    summary: 'Tokens for programs',
    may: 'tokens',
    answer: z.array(Token),
  }),
  'POST /organisations/{organisation}/tokens': route({
    summary: 'A new token, shown once',
    may: 'tokens',
    body: z.object({
      name: Line,
      role: OperatorRole.shape.role,
      days: z.number().int().min(1).max(3650).nullable(),
    }),
    answer: z.object({ token: z.string(), facts: Token }),
  }),
  'DELETE /organisations/{organisation}/tokens/{token}': route({
    summary: 'Takes a token back',
    may: 'tokens',
  }),
} as const;
