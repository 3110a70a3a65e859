import type { AccountRow, FolderRow, PlaceRow } from '../ledger.ts';
import type { Tail } from './tail.ts';

type Stored<R> = Omit<R, 'path'> & { path: string };

/** Accounts, folders and places: what the ledger calls things. Few rows. */
export class Names {
  readonly #tail: Tail;

  constructor(tail: Tail) {
    this.#tail = tail;
  }

  enrol(name: string, rank: number): number {
    const known = this.#tail.get<AccountRow>('SELECT id, rank FROM accounts WHERE name = ?', name);
    if (!known) return this.#tail.insert('INSERT INTO accounts (name, rank) VALUES (?, ?)', name, rank);
    if (known.rank !== rank) this.#tail.run('UPDATE accounts SET rank = ? WHERE id = ?', rank, known.id);
    return known.id;
  }

  accounts(): AccountRow[] {
    return this.#tail
      .all<AccountRow>('SELECT id, name, rank FROM accounts ORDER BY id')
      .map((row) => ({ ...row }));
  }

  folder(account: number, path: readonly string[]): FolderRow {
    const where = 'FROM folders WHERE account = ? AND path = ?';
    const text = JSON.stringify(path);
    const sql = `SELECT id, account, path, checkpoint ${where}`;
    const known = this.#tail.get<Stored<FolderRow>>(sql, account, text);
    if (known) return withPath(known);
    if (!this.#tail.get('SELECT id FROM accounts WHERE id = ?', account))
      throw new Error(`no account ${account}`);
    const id = this.#tail.insert('INSERT INTO folders (account, path) VALUES (?, ?)', account, text);
    return { id, account, path: [...path], checkpoint: null };
  }

  folders(): FolderRow[] {
    const sql = 'SELECT id, account, path, checkpoint FROM folders ORDER BY id';
    return this.#tail.all<Stored<FolderRow>>(sql).map(withPath);
  }

  accountOf(folder: number): number {
    const row = this.#tail.get<{ account: number }>('SELECT account FROM folders WHERE id = ?', folder);
    if (!row) throw new Error(`no folder ${folder}`);
    return row.account;
  }

  advance(folder: number, checkpoint: string): void {
    this.accountOf(folder);
    const sql = 'SELECT id FROM items WHERE folder = ? AND outcome IS NULL AND gone = 0 LIMIT 1';
    const open = this.#tail.get<{ id: number }>(sql, folder);
    if (open) throw new Error(`folder ${folder} cannot advance: item ${open.id} is open`);
    this.#tail.run('UPDATE folders SET checkpoint = ? WHERE id = ?', checkpoint, folder);
  }

  place(path: readonly string[]): PlaceRow {
    const text = JSON.stringify(path);
    const sql = 'SELECT id, path, window, state FROM places WHERE path = ?';
    const known = this.#tail.get<Stored<PlaceRow>>(sql, text);
    if (known) return withPath(known);
    const id = this.#tail.insert('INSERT INTO places (path) VALUES (?)', text);
    return { id, path: [...path], window: null, state: null };
  }

  places(): PlaceRow[] {
    const sql = 'SELECT id, path, window, state FROM places ORDER BY id';
    return this.#tail.all<Stored<PlaceRow>>(sql).map(withPath);
  }

  requirePlace(place: number): void {
    if (!this.#tail.get('SELECT id FROM places WHERE id = ?', place)) throw new Error(`no place ${place}`);
  }

  updatePlace(place: number, change: { window?: string | null; state?: string | null }): void {
    this.requirePlace(place);
    const { window, state } = change;
    if (window !== undefined) this.#tail.run('UPDATE places SET window = ? WHERE id = ?', window, place);
    if (state !== undefined) this.#tail.run('UPDATE places SET state = ? WHERE id = ?', state, place);
  }

  recall(name: string): string | null {
    return (
      this.#tail.get<{ value: string }>('SELECT value FROM remembered WHERE name = ?', name)?.value ?? null
    );
  }

  remember(name: string, value: string): void {
    const sql =
      'INSERT INTO remembered (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value';
    this.#tail.run(sql, name, value);
  }
}

function withPath<R extends { path: string }>(row: R): Omit<R, 'path'> & { path: string[] } {
  return { ...row, path: JSON.parse(row.path) as string[] };
}
