const CAUSE_MAX_CHARS = 200;

/**
 * A server's own words without what differs from message to message: addresses, quoted names, ids and figures become `…`, so that
 * equal causes meet.
 */
export function causeOf(answer: string | null): string {
  return (answer ?? '')
    .replace(/<[^<>\s]*>|[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g, '…')
    .replace(/\b(?=[\w-]*\d)[\w-]{6,}\b/g, '…')
    .replace(/\d+(?:[.,:]\d+)*/g, '…')
    .replace(/…(?:[\s/-]*…)+/g, '…')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, CAUSE_MAX_CHARS)
    .toWellFormed();
}
