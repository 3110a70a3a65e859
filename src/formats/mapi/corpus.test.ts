import assert from 'node:assert/strict';
import { test } from 'node:test';
import { corpusMessages, type NamedMessage } from '../../../test/corpus.ts';
import { parseDate } from '../../mail/date.ts';
import { valuesOf } from '../../mail/header.ts';
import { identify } from '../../mail/identity.ts';
import { type Part, partsOf } from '../../mail/mime.ts';
import { outlookItem } from './outlook.fixture.ts';
import { renderMessage } from './render.ts';

const MESSAGES = corpusMessages();
const skip = MESSAGES.length === 0 ? 'no corpus' : false;

/**
 * Outlook has no place for text that belongs to no part, nor for parts that are not there; and a message without a date
 * and an id is only like itself.
 */
function isComparable({ bytes }: NamedMessage): boolean {
  const isNamed = valuesOf(bytes, 'message-id').length > 0;
  const isDated = parseDate(valuesOf(bytes, 'date')[0] ?? '') !== null;
  return (isNamed || isDated) && isWhole(partsOf(bytes));
}

function isWhole(part: Part): boolean {
  if (part.loose.length > 0 || (part.type.startsWith('multipart/') && part.parts.length === 0)) return false;
  return part.parts.every(isWhole);
}

/** What cannot come back: enriched text is a file to Outlook, a digest loses that its parts are messages. */
const DIFFER = new Set([
  'mail-parser/resources/eml/rfc/003.eml',
  'mail-parser/resources/eml/rfc/004.eml',
  'ruby-mail/spec/fixtures/emails/mime_emails/raw_email11.eml',
]);
/** An address in pieces between comments. */
const DIFFER_WITHOUT_HEADER = 'ruby-mail/spec/fixtures/emails/rfc2822/example10.eml';

for (const transport of [true, false]) {
  test(`real mail through Outlook and back is the same message, ${transport ? 'with' : 'without'} its own header`, {
    skip,
  }, () => {
    const differ: string[] = [];
    const comparable = MESSAGES.filter(isComparable);
    for (const { name, bytes } of comparable) {
      const { chunks } = renderMessage(outlookItem(bytes, { transport }), { codePage: 1252 });
      const ours = identify(Buffer.concat([...chunks()].map((chunk) => Buffer.from(chunk))), {
        likely: true,
      });
      const theirs = identify(bytes, { likely: true });
      const isSame = ours.kin === theirs.kin && ours.likely === theirs.likely;
      const isKnown = DIFFER.has(name) || (!transport && name === DIFFER_WITHOUT_HEADER);
      if (!isSame && !isKnown) differ.push(name);
    }
    assert.ok(comparable.length > MESSAGES.length / 2, `${comparable.length}`);
    assert.deepEqual(differ, []);
  });
}
