import assert from 'node:assert/strict';
import { Trouble, type TroubleKind } from '../trouble.ts';
import type { BodyHold } from './body.ts';

/** Bodies as text, for tests; knows what was begun and not ended. */
export class Texts implements BodyHold<string> {
  open = 0;
  begin() {
    this.open++;
    let text = '';
    return {
      write: (piece: Uint8Array) => {
        text += Buffer.from(piece).toString('latin1');
      },
      end: () => {
        this.open--;
        return text;
      },
      abort: () => {
        this.open--;
      },
    };
  }
}

/** The Trouble of this kind that the promise ends with. */
export async function fails(promise: Promise<unknown>, kind: TroubleKind, words = /./): Promise<Trouble> {
  const error = await promise.then(
    () => assert.fail(`no Trouble; expected ${kind}`),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof Trouble, String(error));
  assert.equal(error.kind, kind, error.message);
  assert.match(error.message, words);
  return error;
}
