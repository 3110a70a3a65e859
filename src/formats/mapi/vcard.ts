/** Contacts and distribution lists inside mail, as vCards. */
import { contentLines } from './content-line.ts';
import { contactLines } from './groupware/contact.ts';
import { listLines } from './groupware/distribution-list.ts';
import { Problems } from './groupware/problem.ts';
import { noteProblems } from './groupware/said.ts';
import type { Item } from './item.ts';
import { kindOfClass, messageClass } from './kind.ts';
import { codePageOf, Values } from './values.ts';

/** One of them as a vCard of its own; what could not be said is noted. */
export function vcardOf(item: Item, of: Values): string {
  const problems = new Problems();
  const values = new Values(item, codePageOf(item, of.codePage, of.notes), of.notes);
  const isList = kindOfClass(messageClass(item)) === 'distribution-list';
  const text = contentLines((isList ? listLines : contactLines)({ item, values, problems }));
  noteProblems(problems, of.notes);
  return text;
}
