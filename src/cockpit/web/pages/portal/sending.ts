import { useCallback, useEffect, useRef, useState } from 'react';
import type { DetailedError, Upload as TusUpload } from 'tus-js-client';
import type { PortalView } from './page.tsx';

export type SendingState = 'waiting' | 'sending' | 'paused' | 'retrying' | 'failed';

/** A file of this browser on its way. */
export interface Sending {
  /** By which the server knows it too. */
  mark: string;
  name: string;
  bytes: number;
  sent: number;
  bytesPerSecond: number | null;
  state: SendingState;
  /** Why it failed: a code of the server, `changed`, or `other`. */
  code: string | null;
}

export interface SendingFacts {
  token: string;
  /** What the server has of this person. */
  known: PortalView['uploads'];
  /** Something arrived whole, or was begun. */
  changed(): void;
}

interface Live extends Sending {
  file: File;
  upload: TusUpload | null;
  /** Latest first: when, and how much had gone then. */
  samples: [atMs: number, sent: number][];
}

/** What has arrived of a piece is kept whatever happens to the next; small enough for what stands between, too. */
const PIECE_BYTES = 32 * 1024 * 1024;
const SHOW_MS = 300;
const SPEED_OVER_MS = 8_000;
/** Then every half a minute, for an hour without a network. */
const RETRIES_MS = [1_000, 3_000, 5_000, 10_000, 20_000, ...Array.from({ length: 120 }, () => 30_000)];

/** The same file again: by name, size and when it was changed last. */
export function markOf({ name, size, lastModified }: Pick<File, 'name' | 'size' | 'lastModified'>): string {
  return `${lastModified}:${size}:${name.slice(-100)}`;
}

/**
 * Sends files one after the other, each from where it was: also one that was begun before this page was opened. Nothing is kept in
 * the browser; what has arrived, the server knows.
 */
export function useSending(facts: SendingFacts) {
  const latest = useRef(facts);
  latest.current = facts;
  const lives = useRef<Live[]>([]);
  const [rows, setRows] = useState<Sending[]>([]);
  const show = useCallback(
    () => setRows(lives.current.map(({ file: _, upload: __, samples: ___, ...row }) => row)),
    [],
  );
  const next = useCallback(() => {
    if (lives.current.some(({ state }) => state === 'sending' || state === 'retrying')) return;
    const one = lives.current.find(({ state }) => state === 'waiting');
    if (one === undefined) return;
    one.state = 'sending';
    void begin(one, latest.current, {
      show,
      done: () => {
        lives.current = lives.current.filter((other) => other !== one);
        latest.current.changed();
        show();
        next();
      },
      failed: () => {
        show();
        next();
      },
    });
  }, [show]);

  const busy = rows.some(({ state }) => state === 'sending' || state === 'retrying');
  useEffect(() => {
    if (!busy) return;
    const timer = setInterval(show, SHOW_MS);
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => {
      clearInterval(timer);
      removeEventListener('beforeunload', ask);
    };
  }, [busy, show]);
  useEffect(() => () => lives.current.forEach(({ upload }) => void upload?.abort()), []);

  const find = (mark: string): Live | undefined => lives.current.find((one) => one.mark === mark);
  const act = (mark: string, how: (one: Live) => void): void => {
    const one = find(mark);
    if (one === undefined) return;
    how(one);
    show();
    next();
  };
  return {
    rows,
    add(files: readonly File[]): void {
      for (const file of files) {
        const mark = markOf(file);
        const there = find(mark);
        const arrived = latest.current.known.some(
          (one) => one.mark === mark && (one.state === 'taken' || one.state === 'looking'),
        );
        if (arrived || (there !== undefined && there.state !== 'failed')) continue;
        lives.current = lives.current.filter((one) => one !== there);
        const { name, size: bytes } = file;
        const fresh = { sent: 0, bytesPerSecond: null, code: null, upload: null, samples: [] };
        lives.current.push({ ...fresh, mark, name, bytes, file, state: 'waiting' });
      }
      show();
      next();
    },
    pause: (mark: string) =>
      act(mark, (one) => {
        one.state = 'paused';
        one.bytesPerSecond = null;
        void one.upload?.abort();
      }),
    resume: (mark: string) =>
      act(mark, (one) => {
        one.state = 'waiting';
        one.code = null;
      }),
    drop: (mark: string) =>
      act(mark, (one) => {
        lives.current = lives.current.filter((other) => other !== one);
        void one.upload?.abort();
      }),
  };
}

interface Then {
  show(): void;
  done(): void;
  failed(): void;
}

async function begin(one: Live, { token, known, changed }: SendingFacts, then: Then): Promise<void> {
  // Loaded when the first file is sent.
  const { Upload } = await import('tus-js-client');
  if (one.state !== 'sending') return;
  const endpoint = `/api/v1/portal/${encodeURIComponent(token)}/uploads`;
  const begun = known.find(({ mark, state }) => mark === one.mark && state === 'arriving');
  const uploadUrl = one.upload?.url ?? (begun ? `${endpoint}/${begun.id}` : null);
  one.samples = [];
  const fail = (code: string): void => {
    one.state = 'failed';
    one.code = code;
    one.bytesPerSecond = null;
    then.failed();
  };
  const upload = new Upload(one.file, {
    ...{ endpoint, uploadUrl, chunkSize: PIECE_BYTES, retryDelays: RETRIES_MS },
    metadata: { filename: one.name, mark: one.mark },
    storeFingerprintForResuming: false,
    onUploadUrlAvailable: changed,
    onProgress: (sent) => note(one, sent),
    onSuccess: then.done,
    onShouldRetry: (error) => {
      const again = mayPass(error);
      if (again && one.state === 'sending') one.state = 'retrying';
      return again && one.state === 'retrying';
    },
    onError: (error) => fail(codeOf(error as DetailedError)),
  });
  one.upload = upload;
  upload.start();
  then.show();
}

/** A connection, a server that is being started, or too much at once: not what the server says no to. */
function mayPass({ originalResponse }: DetailedError): boolean {
  const status = originalResponse?.getStatus() ?? 0;
  return (
    status === 0 || status === 409 || status === 423 || status === 429 || (status >= 500 && status !== 507)
  );
}

function codeOf(error: DetailedError): string {
  const { originalResponse } = error;
  // The file could not be read: another program has written to it, or it is gone.
  if (!originalResponse) return error.originalRequest ? 'changed' : 'other';
  try {
    const { trouble } = JSON.parse(originalResponse.getBody()) as { trouble?: { answer?: string } };
    return trouble?.answer ?? 'other';
  } catch {
    // No JSON: said by something between us and the server.
    return 'other';
  }
}

function note(one: Live, sent: number): void {
  const now = performance.now();
  if (one.state === 'retrying') one.state = 'sending';
  one.sent = sent;
  one.samples = [[now, sent] as [number, number], ...one.samples].filter(
    ([atMs]) => now - atMs < SPEED_OVER_MS,
  );
  const [fromMs, from] = one.samples.at(-1)!;
  if (now - fromMs > 1_000) one.bytesPerSecond = Math.max(0, ((sent - from) * 1_000) / (now - fromMs));
}
