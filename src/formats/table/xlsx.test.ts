import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import writeSheets from 'write-excel-file/node';
import { Trouble } from '../../trouble.ts';
import { makeZip, type Packed } from '../zip/zip.fixture.ts';
import { type TableFault, tableFaultOf } from './fault.ts';
import { CELL_MAX_CHARS, FILE_MAX_BYTES } from './limits.ts';
import { readTable, readTableHere } from './read.ts';
import type { TableFile } from './table.ts';
import { writeXlsx } from './write.ts';
import { plainNumber } from './xlsx.ts';

const cells = (file: TableFile) => file.sheets[0]!.rows.map((row) => row.cells);

async function faultOf(bytes: Buffer, read = readTableHere): Promise<TableFault | null> {
  const error: unknown = await read(bytes, 'people.xlsx').then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof Trouble, String(error));
  return tableFaultOf(error);
}

const NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const REL = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** A workbook of one sheet with this as its data; `more` beside it. */
function workbook(sheetData: string, more: Packed[] = []): Buffer {
  const part = (name: string, xml: string): Packed => ({ name, bytes: Buffer.from(xml) });
  return makeZip([
    part(
      'xl/workbook.xml',
      `<workbook ${NS} xmlns:r="${REL}"><sheets><sheet name="Un" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    ),
    part(
      'xl/_rels/workbook.xml.rels',
      `<Relationships><Relationship Id="rId1" Type="${REL}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    ),
    part('xl/worksheets/sheet1.xml', `<worksheet ${NS}><sheetData>${sheetData}</sheetData></worksheet>`),
    ...more,
  ]);
}

const inline = (place: string, text: string) => `<c r="${place}" t="inlineStr"><is><t>${text}</t></is></c>`;

test('values as text: dates, numbers, truth, formulas by their result', async () => {
  const bytes = await writeSheets([
    [
      { value: new Date('2026-11-24T00:00:00Z'), type: Date, format: 'yyyy-mm-dd' },
      { value: new Date('2026-11-24T08:30:00Z'), type: Date, format: 'yyyy-mm-dd hh:mm' },
      33612345678,
      0.1,
      true,
      ' =1+1 ',
    ],
    [null],
    ['x'],
  ]).toBuffer();
  const file = await readTableHere(bytes, 'x');
  assert.deepEqual(cells(file)[0], [
    '2026-11-24',
    '2026-11-24T08:30:00',
    '33612345678',
    '0.1',
    'TRUE',
    ' =1+1 ',
  ]);
  assert.deepEqual(
    file.sheets[0]!.rows.map(({ line }) => line),
    [1, 3],
  );
  const formula = await readTableHere(
    workbook('<row r="1"><c r="A1" t="str"><f>1+1</f><v>two</v></c></row>'),
    'x',
  );
  assert.deepEqual(cells(formula), [['two']]);
});

test('numbers are written out', () => {
  const cases: [string, string][] = [
    ['3.3612345678E10', '33612345678'],
    ['0.30000000000000004', '0.3'],
    ['1E-7', '0.0000001'],
    ['123456.789', '123456.789'],
    ['-5', '-5'],
    ['00123', '00123'],
    ['1.0', '1'],
    ['1E+21', '1000000000000000000000'],
  ];
  for (const [digits, text] of cases) assert.equal(plainNumber(digits), text);
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (n) =>
      assert.match(plainNumber(String(n)), /^-?\d+(\.\d+)?$/),
    ),
  );
});

test('all sheets, the gaps filled', async () => {
  const file = await readTableHere(
    workbook(`<row r="2">${inline('B2', 'b')}</row><row r="5">${inline('A5', 'a')}</row>`),
    'x',
  );
  assert.equal(file.sheets[0]!.name, 'Un');
  assert.deepEqual(file.sheets[0]!.rows, [
    { line: 2, cells: ['', 'b'] },
    { line: 5, cells: ['a', ''] },
  ]);
});

test('a workbook that would grow is refused before it does', async () => {
  const far = (place: string) => workbook(`<row>${inline(place, 'x')}</row>`);
  assert.equal(await faultOf(far('XFD1')), 'too-many-columns');
  assert.equal(await faultOf(far('A1048576')), 'too-many-rows');
  assert.equal(await faultOf(far('A9999999')), 'damaged');
  assert.equal(await faultOf(far('GR100000')), 'unpacks-too-large');
  assert.equal(await faultOf(workbook('<row r="99999999999"></row>')), 'damaged');
  assert.equal(await faultOf(workbook('<row x=">" y:r="9999999"></row>')), 'damaged');
  assert.equal(await faultOf(workbook(`<row a='r="1"' r='9&#57;9'>${inline('A1', 'x')}</row>`)), 'damaged');
  assert.equal(
    await faultOf(workbook(`<row r="1">${inline('A1', 'x'.repeat(CELL_MAX_CHARS + 1))}</row>`)),
    'cell-too-long',
  );
});

test('a zip bomb is refused by its directory, and one that lies by its first byte too many', async () => {
  const big: Packed = { name: 'xl/big.xml', bytes: Buffer.alloc(140 * 1024 * 1024) };
  assert.equal(await faultOf(workbook('', [big])), 'unpacks-too-large');
  assert.equal(await faultOf(workbook('', [{ ...big, size: 1000 }])), 'damaged');
});

test('one text meant a million times does not fill the memory', async () => {
  const text = Buffer.from(`<sst ${NS}><si><t>${'x'.repeat(CELL_MAX_CHARS)}</t></si></sst>`);
  const rows = Array.from(
    { length: 10_000 },
    (_, n) => `<row r="${n + 1}"><c r="A${n + 1}" t="s"><v>0</v></c></row>`,
  );
  assert.equal(
    await faultOf(workbook(rows.join(''), [{ name: 'xl/sharedStrings.xml', bytes: text }])),
    'unpacks-too-large',
  );
});

test('other zips, damaged and encrypted ones', async () => {
  assert.equal(await faultOf(makeZip([{ name: 'content.xml', bytes: Buffer.from('<x/>') }])), 'other-format');
  assert.equal(await faultOf(makeZip([])), 'other-format');
  assert.equal(
    await faultOf(makeZip([{ name: 'xl/workbook.xml', bytes: Buffer.from('<x'), flags: 0x801 }])),
    'encrypted',
  );
  assert.equal(await faultOf(makeZip([{ name: 'xl/workbook.xml', bytes: Buffer.from('<x') }])), 'damaged');
  assert.equal(
    await faultOf(makeZip([{ name: 'xl/workbook.xml', bytes: Buffer.from('<x/>'), crc: 1 }])),
    'damaged',
  );
  assert.equal(await faultOf(workbook('<row r="1"><c r="A1" t="s"><v>7</v></c></row>')), 'damaged');
  assert.equal(await faultOf(workbook('')), 'empty');
  const whole = await writeXlsx([['a']], 'x');
  assert.equal(await faultOf(whole.subarray(0, whole.length - 30)), 'damaged');
});

const oddCell = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll('\0', '')),
  fc.constantFrom(
    '=1+1',
    "'=1",
    '<script>&amp;',
    '_x0041_',
    'toString',
    '__proto__',
    'constructor',
    '_x005F_',
    ' a ',
    'a\r\nb',
    '\u0001',
    '\ufffd\uffff',
    '😀😀',
  ),
);

test('written and read back, every cell is what it was', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(oddCell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
      async (rows) => {
        const kept = [['heading'], ...rows.filter((row) => row.some((cell) => cell.trim() !== ''))];
        const back = cells(await readTableHere(await writeXlsx([['heading'], ...rows], 'Un/deux'), 'x'));
        const plain = (row: string[]) => row.map((cell) => cell.replace(/\r\n?/g, '\n'));
        assert.deepEqual(back.map(ended), kept.map(plain).map(ended));
      },
    ),
    { numRuns: 60 },
  );
});

/** Without the empty cells at its end, which a sheet does not tell from none. */
function ended(row: string[]): string[] {
  return row.slice(0, row.findLastIndex((cell) => cell !== '') + 1);
}

test('in its thread: the same answers', async () => {
  const file = await readTable(Buffer.from('a;b\n1;2'), 'x');
  assert.deepEqual(cells(file), [
    ['a', 'b'],
    ['1', '2'],
  ]);
  assert.deepEqual(cells(await readTable(await writeXlsx([['é']], 'x'), 'x')), [['é']]);
  assert.equal(await faultOf(Buffer.alloc(0), readTable), 'empty');
  assert.equal(await faultOf(Buffer.alloc(FILE_MAX_BYTES + 1), readTable), 'file-too-large');
  await assert.rejects(readTable(Buffer.from('a\n"b'), 'x'), { on: 'x:2', answer: 'unclosed-quote' });
});

test('damaged bytes end in a Trouble', async () => {
  const whole = await writeXlsx(
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
    'x',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      async (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        try {
          await readTableHere(bytes, 'x');
        } catch (error) {
          assert.ok(error instanceof Trouble && tableFaultOf(error) !== null, String(error));
        }
      },
    ),
    { numRuns: 150 },
  );
});
