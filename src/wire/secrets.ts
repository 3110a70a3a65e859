import { Trouble } from '../trouble.ts';

/** What must never be told, even when the server repeats it (`BAD unknown: a1 LOGIN marie geheim`). */
export class Secrets {
  readonly #secrets: string[] = [];

  keep(...secrets: string[]): void {
    for (const secret of secrets) if (secret !== '') this.#secrets.push(...formsOf(secret));
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

/** As it is, and as programs write what they repeat: percent-encoded, in base64 with and without its end. The longest first. */
function formsOf(secret: string): string[] {
  const base64 = Buffer.from(secret).toString('base64');
  const plain = [secret, secret.replace(/=+$/, ''), base64, base64.replace(/=+$/, '')];
  const forms = new Set(plain.flatMap((form) => [encodeURIComponent(form.toWellFormed()), form]));
  return [...forms].filter((form) => form !== '').sort((a, b) => b.length - a.length);
}
