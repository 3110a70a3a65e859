import { decodeWords } from '../../mail/encoded-word.ts';

/** More labels than one message can carry are not looked at: no account has more in all. */
const LABELS_MAX = 10_000;

/**
 * The labels in a value of `X-Gmail-Labels`, unfolded, as a binary string: words are decoded (RFC 2047) before commas are
 * looked for, because Google encodes the list as a whole. A label with commas or quotes stands in quotes, a quote in it
 * twice or behind a backslash.
 */
export function labelsIn(value: string): string[] {
  const text = decodeWords(value);
  const labels: string[] = [];
  let at = 0;
  while (at < text.length && labels.length < LABELS_MAX) {
    const { label, next } = labelAt(text, at);
    if (label !== '' && !labels.includes(label)) labels.push(label);
    at = next;
  }
  return labels;
}

function labelAt(text: string, from: number): { label: string; next: number } {
  let at = from;
  while (text[at] === ' ') at += 1;
  if (text[at] !== '"') {
    const comma = text.indexOf(',', at);
    const end = comma === -1 ? text.length : comma;
    return { label: text.slice(at, end).replaceAll("\\'", "'").trim(), next: end + 1 };
  }
  let label = '';
  for (at += 1; at < text.length; at += 1) {
    const [c, after] = [text[at]!, text[at + 1]];
    if (c === '"' && after === '"') at += 1;
    else if (c === '\\' && after === '"' && !endsAfter(text, at + 2)) at += 1;
    else if (c === '"') break;
    label += text[at];
  }
  const comma = text.indexOf(',', at);
  return { label: label.replaceAll("\\'", "'").trim(), next: comma === -1 ? text.length : comma + 1 };
}

/** Whether a label that ends before `at` ends there: a backslash in front of its closing quote is its own. */
function endsAfter(text: string, at: number): boolean {
  return at >= text.length || text[at] === ',';
}
