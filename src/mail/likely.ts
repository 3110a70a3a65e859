/** The digest of what a message says and carries, from its structure. Why it is so: docs/decisions/identity.md. */
import { hash } from 'node:crypto';
import type { Part } from './mime.ts';

/** Changes whenever the rule does, so that digests of two rules never meet. */
const RULE = 'likely-1';

/** A plain text this short beside a much longer HTML text only says that there is HTML. In canonical bytes. */
const STUB_MAX_BYTES = 300;
const STUB_RATIO = 4;

interface Text {
  digest: string;
  size: number;
  html: boolean;
}

interface Content {
  texts: Text[];
  files: string[];
}

/** What ties a message to itself when its header and content say too little to tell it from another. */
export interface Anchor {
  /** It has a date that can be read. */
  dated: boolean;
  /** It has a sender and a subject. */
  named: boolean;
  messageId: string | null;
  exact: string;
}

/**
 * `root` is a message. One without a date (a machine may write the same text every day), or without content, sender
 * and subject, is like another only when its Message-ID, or failing that its bytes, are the same.
 */
export function likelyOf(root: Part, anchor: Anchor): string {
  const content = contentOf(root);
  const saysSomething = anchor.named || content.texts.length > 0 || content.files.length > 0;
  if (anchor.dated && saysSomething) return digestOf(root, content, '');
  return digestOf(
    root,
    content,
    anchor.messageId === null ? `exact ${anchor.exact}` : `id ${anchor.messageId}`,
  );
}

function digestOf(root: Part, { texts, files }: Content, anchor: string): string {
  const lines = [
    RULE,
    root.kin ?? '',
    anchor,
    ...texts.map((text) => `text ${text.digest}`),
    ...files.sort(),
  ];
  return hash('sha256', lines.join('\n'), 'hex');
}

function contentOf(part: Part): Content {
  const isChoice = part.type === 'multipart/alternative' && part.parts.length > 0;
  const content = isChoice ? alternative(part.parts) : gather(part);
  for (const digest of part.loose) content.texts.push({ digest, size: 0, html: false });
  return content;
}

function gather(part: Part): Content {
  const digest = part.digest ?? '';
  switch (part.is) {
    case 'message':
      return {
        texts: [],
        files: part.parts.map((inner) => `message ${digestOf(inner, contentOf(inner), '')}`),
      };
    case 'multipart':
      return inOrder(part);
    case 'file':
      return { texts: [], files: [`file ${digest}`] };
    default: {
      const size = part.textSize ?? 0;
      return { texts: size === 0 ? [] : [{ digest, size, html: part.is === 'html' }], files: [] };
    }
  }
}

function inOrder(part: Part): Content {
  const contents = part.parts.map(contentOf);
  const content = {
    texts: contents.flatMap(({ texts }) => texts),
    files: contents.flatMap(({ files }) => files),
  };
  if (part.parts.length === 0 && part.preamble !== null) {
    content.texts.push({ digest: part.preamble, size: 0, html: false });
  }
  return content;
}

/** One of several forms of the same text: the plain one, unless it is only a stub. Files of all forms count. */
function alternative(forms: readonly Part[]): Content {
  const contents = forms.map(contentOf);
  const html = contents.findLast(({ texts }) => texts.some((text) => text.html));
  const plain = contents.find(({ texts }) => texts.length > 0 && !texts.some((text) => text.html));
  const chosen = plain === undefined || (html !== undefined && isStub(plain, html)) ? html : plain;
  return { texts: [...(chosen?.texts ?? [])], files: contents.flatMap(({ files }) => files) };
}

function isStub(plain: Content, html: Content): boolean {
  const size = sizeOf(plain);
  return size < STUB_MAX_BYTES && size * STUB_RATIO < sizeOf(html);
}

function sizeOf({ texts }: Content): number {
  return texts.reduce((sum, text) => sum + text.size, 0);
}
