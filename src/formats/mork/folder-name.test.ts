import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mutations } from '../mapi/mutate.fixture.ts';
import { folderNameIn, MSF_MAX_BYTES } from './folder-name.ts';
import { writeMsf } from './mork.fixture.ts';

test('the name of the folder, however it is written', () => {
  for (const name of ['Clients / Été 2019', 'a) b\\c $5', '日本語 <x> = "y"', 'x'.repeat(200)]) {
    assert.equal(folderNameIn(writeMsf(name)), name);
    assert.equal(folderNameIn(writeMsf(name, 'inline')), name);
  }
});

test('the last one counts; none, or none of the columns, is no name', () => {
  const twice = Buffer.concat([writeMsf('old'), Buffer.from('@$${2{@\n[1:^80(^9F=new \\\nname)]\n@$$}2}@')]);
  assert.equal(folderNameIn(twice), 'new name');
  for (const none of ['', '// <!-- <mdb:mork:z v="1.4"/> -->', '< <(a=c)>(80=x)>', '(9F=folderName)(^9F=x)'])
    assert.equal(folderNameIn(Buffer.from(none)), null);
});

test('changed bytes give a name or none, in time; hostile ones, too', () => {
  const began = performance.now();
  for (const bytes of mutations([writeMsf('Clients / Été'), writeMsf('a) b', 'inline')])) {
    const name = folderNameIn(bytes);
    assert.ok(name === null || (name.length > 0 && name.length <= 2000));
  }
  for (const bit of ['(^9F=', '(^9F^AB)', '<(a=c)>', '(AB=', '\\', '((((', '(9F=folderName)'])
    folderNameIn(Buffer.from(`< <(a=c)>(9F=folderName)>${bit.repeat(MSF_MAX_BYTES / bit.length)}`));
  assert.ok(performance.now() - began < 30_000);
});
