import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTrouble } from '../../trouble.ts';
import type { Body } from '../hold.ts';
import type { Landed, Parcel, Refused, Target } from '../target.ts';
import { memoryMailbox } from './mailbox.ts';

function body(text: string): Body {
  const memory = Buffer.from(text);
  return { size: memory.length, memory, chunks: () => [memory], release: () => {} };
}

function parcels(...texts: string[]): Parcel[] {
  return texts.map((text, at) => ({
    step: at + 1,
    body: body(text),
    marks: ['\\Seen'],
    receivedAt: 86_400_000,
  }));
}

async function putAll(
  target: Target,
  list: Parcel[],
): Promise<{ answers: (Landed | Refused)[]; error: unknown }> {
  const place = await target.prepare(['A'], null, false);
  const answers: (Landed | Refused)[] = [];
  try {
    for await (const answer of target.put(place, list)) answers.push(answer);
  } catch (error) {
    return { answers, error };
  }
  return { answers, error: null };
}

function texts(mailbox: ReturnType<typeof memoryMailbox>): string[] {
  return mailbox.messages(['A']).map((message) => Buffer.from(message.bytes).toString());
}

test('acknowledged: stored and said so', async () => {
  const mailbox = memoryMailbox();
  const { answers, error } = await putAll(mailbox.target(), parcels('one', 'two'));
  assert.equal(error, null);
  assert.deepEqual(
    answers.map((answer) => answer.is === 'landed' && answer.key),
    mailbox.messages(['A']).map((message) => message.key),
  );
});

test('landed: stored, the answer lost, nothing behind it', async () => {
  const mailbox = memoryMailbox({ behaviour: { fate: ({ n }) => (n === 2 ? 'landed' : 'acknowledged') } });
  const { answers, error } = await putAll(mailbox.target(), parcels('one', 'two', 'three'));
  assert.ok(isTrouble(error, 'lost'));
  assert.equal(answers.length, 1);
  assert.deepEqual(texts(mailbox), ['one', 'two']);
});

test('not-landed: never stored', async () => {
  const mailbox = memoryMailbox({ behaviour: { fate: () => 'not-landed' } });
  const { error } = await putAll(mailbox.target(), parcels('one'));
  assert.ok(isTrouble(error, 'lost'));
  assert.deepEqual(texts(mailbox), []);
});

test('late by calls, by time and by hand', async () => {
  const fates = [{ late: { calls: 2 } }, { late: { ms: 5 } }, { late: {} }] as const;
  const mailbox = memoryMailbox({ behaviour: { fate: ({ n }) => fates[n - 1]! } });
  const target = mailbox.target();
  await putAll(target, parcels('one', 'two', 'three'));
  assert.deepEqual(texts(mailbox), []);
  await target.folders();
  assert.deepEqual(texts(mailbox), []);
  await target.folders();
  assert.deepEqual(texts(mailbox), ['one']);
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.deepEqual(texts(mailbox), ['one', 'two']);
  assert.equal(mailbox.late(), 1);
  assert.equal(mailbox.landLate(), 1);
  assert.deepEqual(texts(mailbox), ['one', 'two', 'three']);
});

test('a cut at each call in turn; a cut before an answer leaves the message stored', async () => {
  const whole = memoryMailbox();
  await putAll(whole.target(), parcels('one', 'two'));
  assert.equal(whole.calls(), 4);
  const stored: number[] = [];
  for (let n = 1; n <= 4; n += 1) {
    const mailbox = memoryMailbox({ behaviour: { cutAtCall: n } });
    const run = await putAll(mailbox.target(), parcels('one', 'two')).catch((error) => ({ error }));
    assert.ok(isTrouble(run.error, 'lost'));
    stored.push(mailbox.messages(['A']).length);
  }
  assert.deepEqual(stored, [0, 0, 1, 2]);
});

test('refusal, size limit, quota, alteration, marks that are not kept, no key', async () => {
  const mailbox = memoryMailbox({
    behaviour: {
      tellsKey: false,
      messageMaxBytes: 10,
      quotaBytes: 12,
      keeps: ['\\Flagged'],
      refuse: ({ bytes }) => (bytes[0] === 0 ? 'NO contains NUL characters' : null),
      alter: (bytes) => Buffer.from(bytes.map((byte) => (byte === 0 ? 0x80 : byte))),
    },
  });
  const { answers, error } = await putAll(
    mailbox.target(),
    parcels('\0one', 'a\0b', 'longer than ten', '12345678', 'full'),
  );
  assert.ok(isTrouble(error, 'full'));
  assert.deepEqual(
    answers.map((answer) => (answer.is === 'landed' ? answer.key : answer.trouble.answer)),
    ['NO contains NUL characters', null, 'NO [TOOBIG] at most 10 bytes', null],
  );
  assert.deepEqual(
    mailbox.messages(['A']).map(({ bytes, marks }) => [Buffer.from(bytes).toString('latin1'), marks]),
    [
      ['a\x80b', []],
      ['12345678', []],
    ],
  );
  assert.deepEqual(await mailbox.target().quota(), { usedBytes: 11, limitBytes: 12 });
});

test('changes: nothing, append, flag, expunge, renumber, forgotten', async () => {
  const mailbox = memoryMailbox();
  const source = mailbox.source();
  const bytes = Buffer.from('x');
  const first = mailbox.add(['A'], { bytes });
  const second = mailbox.add(['A'], { bytes });
  let since: string | null = null;
  async function told(): Promise<string[]> {
    const folder = (await source.folders()).find((each) => each.path[0] === 'A')!;
    const list: string[] = [];
    for await (const change of source.changes(folder, since)) {
      list.push(change.is);
      if (change.is === 'checkpoint') since = change.checkpoint;
    }
    return list;
  }
  assert.deepEqual(await told(), ['entry', 'entry', 'checkpoint']);
  assert.deepEqual(await told(), ['checkpoint']);
  mailbox.flag(['A'], first, ['\\Seen']);
  mailbox.expunge(['A'], [second]);
  mailbox.add(['A'], { bytes });
  assert.deepEqual(await told(), ['gone', 'marks', 'entry', 'checkpoint']);
  mailbox.renumber(['A']);
  assert.deepEqual(await told(), ['reset', 'entry', 'entry', 'checkpoint']);
  mailbox.forget(['A']);
  assert.deepEqual(await told(), ['reset', 'entry', 'entry', 'checkpoint']);
  assert.deepEqual(await told(), ['checkpoint']);
});
