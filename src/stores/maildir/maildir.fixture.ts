import { readdir, rename, unlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  addKeywords,
  KEYWORDS_FILE,
  type Keywords,
  suffixOf,
  writeKeywords,
} from '../../formats/maildir/index.ts';
import type { SeedMessage } from '../stand.suite.ts';
import { makeFolder } from './folder-make.ts';
import { directoryOf } from './folder-name.ts';

/** Another program that delivers to, marks in and removes from a Maildir, for tests. */
export class OtherProgram {
  private readonly root: string;
  private readonly keywords: Keywords = [];
  private count = 0;

  constructor(root: string) {
    this.root = root;
  }

  directory(folder: readonly string[]): string {
    return folder.join() === 'INBOX' ? this.root : path.join(this.root, directoryOf(folder).name);
  }

  async seed(folder: readonly string[], messages: readonly SeedMessage[]): Promise<void> {
    const directory = this.directory(folder);
    makeFolder(this.root, folder);
    for (const { bytes, marks, receivedAt } of messages) {
      this.count += 1;
      const unique = `15580000${this.count}.M1P2.host`;
      const suffix = await this.suffix(directory, marks);
      const file = path.join(
        directory,
        suffix === ':2,' ? 'new' : 'cur',
        unique + (suffix === ':2,' ? '' : suffix),
      );
      await writeFile(file, bytes);
      await utimes(file, receivedAt! / 1000, receivedAt! / 1000);
    }
  }

  async expunge(folder: readonly string[], key: string): Promise<void> {
    await unlink(await this.find(folder, key));
  }

  async flag(folder: readonly string[], key: string, marks: readonly string[]): Promise<void> {
    const directory = this.directory(folder);
    await rename(
      await this.find(folder, key),
      path.join(directory, 'cur', key + (await this.suffix(directory, marks))),
    );
  }

  private async suffix(directory: string, marks: readonly string[]): Promise<string> {
    const named = marks.filter((mark) => !mark.startsWith('\\'));
    if (addKeywords(this.keywords, named) || named.length > 0)
      await writeFile(path.join(directory, KEYWORDS_FILE), writeKeywords(this.keywords));
    return suffixOf(marks, this.keywords);
  }

  private async find(folder: readonly string[], key: string): Promise<string> {
    for (const sub of ['new', 'cur'])
      for (const name of await readdir(path.join(this.directory(folder), sub)))
        if (name === key || name.startsWith(`${key}:`)) return path.join(this.directory(folder), sub, name);
    throw new Error(`no ${key}`);
  }
}
