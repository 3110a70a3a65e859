import assert from 'node:assert/strict';
import path from 'node:path';
import { after, test } from 'node:test';
import { demoFolder } from './demo.ts';

const before = process.env.MALLEPOSTE_DATA;
after(() => {
  if (before === undefined) delete process.env.MALLEPOSTE_DATA;
  else process.env.MALLEPOSTE_DATA = before;
});

test('the demo keeps its data where every command does', () => {
  const name = `demo-${process.pid}`;
  process.env.MALLEPOSTE_DATA = path.resolve('elsewhere');
  assert.equal(demoFolder(undefined), path.resolve('elsewhere', name));
  assert.equal(demoFolder('asked'), path.resolve('asked', name));
  delete process.env.MALLEPOSTE_DATA;
  assert.equal(demoFolder(undefined), path.resolve('malleposte-data', name));
});
