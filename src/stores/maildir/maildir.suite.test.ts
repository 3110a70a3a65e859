import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openBelow } from '../open-below.fixture.ts';
import { sourceSuite } from '../source.suite.ts';
import { targetSuite } from '../target.suite.ts';
import { OtherProgram } from './maildir.fixture.ts';
import { openMaildirSource } from './source.ts';
import { openMaildirTarget } from './target.ts';

const common = async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'maildir-suite-'));
  const other = new OtherProgram(root);
  return {
    root,
    seed: other.seed.bind(other),
    expunge: other.expunge.bind(other),
    flag: other.flag.bind(other),
    open: openBelow(root),
    remove: () => rm(root, { recursive: true }),
  };
};

sourceSuite({
  name: 'maildir source',
  make: async () => {
    const { root, remove, ...hands } = await common();
    await hands.seed(['INBOX'], []);
    const connect = () => openMaildirSource({ path: root, name: `maildir:${root}` });
    const source = connect();
    return { ...hands, source, again: async () => connect(), close: () => source.close().then(remove) };
  },
});

targetSuite({
  name: 'maildir target',
  make: async () => {
    const { root, remove, ...hands } = await common();
    const connect = () => openMaildirTarget({ path: root, name: `maildir:${root}` });
    const target = connect();
    return { ...hands, target, again: async () => connect(), close: () => target.close().then(remove) };
  },
});
