import { Trouble } from '../trouble.ts';

/** What must never be told, even when the server repeats it (`BAD unknown: a1 LOGIN marie geheim`). */
export class Secrets {
  readonly #secrets: string[] = [];

  keep(...secrets: string[]): void {
    for (const secret of secrets) if (secret !== '') this.#secrets.push(secret);
  }

  without(text: string): string {
    let told = text;
    for (const secret of this.#secrets) told = told.replaceAll(secret, '***');
    return told;
  }

  /** The same Trouble as this connection may tell it: no secrets in the server's words, and `on` this server. */
  told(trouble: Trouble, name: string): Trouble {
    const { kind, tried, retryAfterMs } = trouble;
    const answer = trouble.answer === undefined ? undefined : this.without(trouble.answer);
    const on = trouble.on === '' || trouble.on === 'IMAP' ? name : trouble.on;
    if (answer === trouble.answer && on === trouble.on) return trouble;
    return new Trouble(kind, {
      tried,
      on,
      ...(answer === undefined ? {} : { answer }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
}
