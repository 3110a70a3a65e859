import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Hono } from 'hono';
import type { ShellEnv } from './shell/env.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.png': 'image/png',
  '.json': 'application/json',
};

interface Page {
  bytes: Buffer;
  packed: { br: Buffer; gzip: Buffer } | null;
  type: string;
  etag: string;
}

/**
 * The pages' files, read once: names with a digest in them may be kept for ever. Every other address that a browser asks for as a
 * page is the page itself, which finds its way by the address.
 */
export async function mountPages(app: Hono<ShellEnv>, folder: string): Promise<void> {
  const files = await readPages(folder);
  const index = files.get('index.html');
  if (index === undefined) throw new Error(`no index.html in ${folder}`);
  app.get('*', (context) => {
    const name = context.req.path.slice(1);
    // What programs ask for in vain is no page.
    if (name.startsWith('api/')) return context.notFound();
    const page = files.get(name) ?? (path.extname(name) === '' ? index : undefined);
    if (page === undefined) return context.notFound();
    if (context.req.header('if-none-match') === page.etag) return context.body(null, 304);
    const kept = name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
    const accepted = context.req.header('accept-encoding') ?? '';
    const way = page.packed === null ? null : (['br', 'gzip'] as const).find((one) => accepted.includes(one));
    return context.body(new Uint8Array(way ? page.packed![way] : page.bytes), 200, {
      ...{ 'content-type': page.type, 'cache-control': kept, etag: page.etag, vary: 'accept-encoding' },
      ...(way ? { 'content-encoding': way } : {}),
    });
  });
}

async function readPages(folder: string): Promise<Map<string, Page>> {
  const { brotliCompressSync, constants, gzipSync } = await import('node:zlib');
  // At each start: the best would take seconds and win a tenth.
  const params = { [constants.BROTLI_PARAM_QUALITY]: 6 };
  const files = new Map<string, Page>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const bytes = await readFile(file);
    const type = TYPES[path.extname(file)];
    if (type === undefined) continue;
    const text = /^(text|application|image\/svg)/.test(type);
    files.set(path.relative(folder, file).replaceAll(path.sep, '/'), {
      ...{ bytes, type, etag: `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"` },
      packed: text ? { br: brotliCompressSync(bytes, { params }), gzip: gzipSync(bytes) } : null,
    });
  }
  return files;
}
