import { isTrouble } from '../../trouble.ts';
import { astring, type Part, spell } from './command.ts';
import type { Connection } from './connection.ts';

/**
 * ID (RFC 2971 §3.1): says who we are, answers who the server says it is. Null when it has no ID, says NIL or refuses:
 * nothing depends on it.
 */
export async function id(
  conn: Connection,
  fields: Readonly<Record<string, string>> | null,
): Promise<Record<string, string> | null> {
  if (!conn.has('ID')) return null;
  let told: Record<string, string> | null = null;
  const parts = spelled(fields);
  try {
    await conn.run({
      tried: 'converse',
      on: '',
      pieces: (rules) => spell(parts, rules),
      data: (data) => {
        if (data.name !== 'ID') return false;
        const value = data.cursor().value();
        if (Array.isArray(value)) told = pairs(value);
        return true;
      },
      done: () => undefined,
    });
  } catch (error) {
    if (!isTrouble(error, 'refused')) throw error;
  }
  return told;
}

function spelled(fields: Readonly<Record<string, string>> | null): Part[] {
  if (fields === null) return ['ID NIL'];
  const parts: Part[] = ['ID ('];
  for (const [name, value] of Object.entries(fields)) {
    if (parts.length > 1) parts.push(' ');
    parts.push(astring(name), ' ', astring(value));
  }
  return [...parts, ')'];
}

function pairs(list: readonly unknown[]): Record<string, string> {
  const told: [string, string][] = [];
  for (let at = 0; at + 1 < list.length; at += 2) {
    const [name, value] = [list[at], list[at + 1]];
    if (typeof name === 'string' && typeof value === 'string') told.push([name.toLowerCase(), value]);
  }
  return Object.fromEntries(told);
}
