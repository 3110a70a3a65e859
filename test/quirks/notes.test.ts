import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { transcripts } from './transcript.ts';

const ROOT = path.join(import.meta.dirname, '../..');

interface Note {
  where: string;
  servers: readonly string[];
  /** Names of files in this folder. */
  files: readonly string[];
}

/** A note goes on to the next one, or to the end of its comment. */
function notesIn(file: string): Note[] {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  return [...text.matchAll(/QUIRK\(([^)]+)\):([\s\S]*?)(?=QUIRK\(|\*\/|\n(?! *(?:\*|\/\/)))/g)].map(
    (note) => ({
      where: `${file}: ${note[0].slice(0, 60)}`,
      servers: note[1]!.split(', '),
      files: [...note[2]!.matchAll(/\b([a-z0-9-]+\.txt)\b/g)].map(([, name]) => name!),
    }),
  );
}

const notes = globSync('src/**/*.ts', { cwd: ROOT }).sort().flatMap(notesIn);

test('every note about a quirk names the dialogues that show it', () => {
  const there = new Set(transcripts().map(({ file }) => file));
  for (const { where, files } of notes) {
    assert.ok(files.length > 0, `${where} names no file of test/quirks`);
    for (const file of files) assert.ok(there.has(file), `${where}: there is no ${file}`);
  }
});

test('every dialogue has its note in the code, which names its servers', () => {
  for (const { file, servers } of transcripts()) {
    const mine = notes.filter(({ files }) => files.includes(file));
    assert.notEqual(mine.length, 0, `no QUIRK(${servers.join(', ')}) in src names ${file}`);
    const named = new Set(mine.flatMap((note) => note.servers));
    for (const server of servers) assert.ok(named.has(server), `${file}: no note names ${server}`);
  }
});

test('every dialogue says what it must: two languages, where it was seen, something played and told', () => {
  for (const { file, play, told, en, we, fr, nous } of transcripts()) {
    assert.ok(play.length > 0 && told.length > 0, file);
    for (const prose of [en, we, fr, nous]) assert.match(prose, /[.!)”»]$/, `${file}: ${prose}`);
  }
});
