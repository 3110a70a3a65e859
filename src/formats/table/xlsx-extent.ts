import { tableTrouble } from './fault.ts';
import { CELLS_MAX, COLUMNS_MAX, ROWS_MAX } from './limits.ts';

/** Of Excel itself. Styled but empty rows may reach so far. */
const SHEET_ROWS_MAX = 1_048_576;

/**
 * How many cells a sheet would become, gaps between the cells that have something included: one cell far out makes a small
 * file large. Read from the tags alone, before anything is built. Not a sheet: 0. Throws `malformed`: `damaged`,
 * `too-many-rows`, `too-many-columns`, `unpacks-too-large`.
 */
export function sheetExtent(bytes: Buffer, name: string): number {
  if (!bytes.includes('sheetData')) return 0;
  let [rows, columns] = [0, 0];
  for (const tag of tags(bytes.toString('latin1'), name)) {
    const places = placesOf(tag, name);
    for (const { row, column } of places) {
      if (row > SHEET_ROWS_MAX) throw tableTrouble('damaged', name);
      if (column === null || tag.endsWith('/')) continue;
      if (row > ROWS_MAX + 1) throw tableTrouble('too-many-rows', name, row);
      if (column > COLUMNS_MAX) throw tableTrouble('too-many-columns', name, row);
      rows = Math.max(rows, row);
      columns = Math.max(columns, column);
    }
  }
  if (rows * columns > CELLS_MAX) throw tableTrouble('unpacks-too-large', name);
  return rows * columns;
}

/** All `row` and `c` tags, from behind their `<` to before their `>`. */
function* tags(xml: string, name: string): Generator<string> {
  for (let at = xml.indexOf('<'); at >= 0; at = xml.indexOf('<', at)) {
    if (xml.startsWith('<!--', at)) at = after(xml, '-->', at, name);
    else if (xml.startsWith('<![CDATA[', at)) at = after(xml, ']]>', at, name);
    else if (xml.startsWith('<!', at)) throw tableTrouble('damaged', name);
    else {
      const end = tagEnd(xml, at, name);
      // Most tags are others.
      if (/^(?:[\w.-]+:)?(?:row|c)(?![\w.:-])/.test(xml.slice(at + 1, at + 64))) yield xml.slice(at + 1, end);
      at = end + 1;
    }
  }
}

function after(xml: string, mark: string, from: number, name: string): number {
  const found = xml.indexOf(mark, from);
  if (found < 0) throw tableTrouble('damaged', name);
  return found + mark.length;
}

const [QUOTE, APOSTROPHE, CLOSE] = [0x22, 0x27, 0x3e];

/** A `>` within quotation marks ends no tag. */
function tagEnd(xml: string, from: number, name: string): number {
  for (let at = from + 1; at < xml.length; at += 1) {
    const code = xml.charCodeAt(at);
    if (code === CLOSE) return at;
    if (code === QUOTE || code === APOSTROPHE) at = after(xml, xml[at]!, at + 1, name) - 1;
  }
  throw tableTrouble('damaged', name);
}

/** Whatever the tag says of its place; twice said is taken twice. Without a place it cannot be read. */
function placesOf(tag: string, name: string): { row: number; column: number | null }[] {
  const values = [...tag.matchAll(/[\s:]r\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(([, a, b]) => a ?? b ?? '');
  return values.map((value) => {
    const [, letters = '', digits] = /^([A-Z]{0,3})(\d{1,7})$/.exec(value) ?? [];
    if (digits === undefined) throw tableTrouble('damaged', name);
    return { row: Number(digits), column: letters === '' ? null : columnOf(letters) };
  });
}

function columnOf(letters: string): number {
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
}
