import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Trouble } from '../../trouble.ts';
import { readCsv } from './csv.ts';
import { type TableFault, tableFaultOf } from './fault.ts';
import { guarded, unguarded } from './guard.ts';
import { CELL_MAX_CHARS, COLUMNS_MAX, ROWS_MAX } from './limits.ts';
import { readTableHere } from './read.ts';
import type { TableFile } from './table.ts';
import { writeCsv } from './write.ts';

const read = (text: string | Buffer) => readCsv(Buffer.from(text), 'people.csv');
const cells = (file: TableFile) => file.sheets[0]!.rows.map((row) => row.cells);

function faultOf(run: () => unknown): { fault: TableFault | null; on: string } {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof Trouble, String(error));
    assert.equal(error.kind, 'malformed');
    assert.equal(error.tried, 'read-file');
    return { fault: tableFaultOf(error), on: error.on };
  }
  throw new assert.AssertionError({ message: 'nothing was thrown' });
}

test('delimiters and line ends', () => {
  for (const delimiter of [',', ';', '\t']) {
    for (const end of ['\n', '\r\n', '\r']) {
      const text = ['Prénom|Nom', '"a|b"|"say ""hi"""', 'c|d'].join(end).replaceAll('|', delimiter);
      const file = read(text);
      assert.deepEqual(cells(file), [
        ['Prénom', 'Nom'],
        [`a${delimiter}b`, 'say "hi"'],
        ['c', 'd'],
      ]);
      assert.ok(file.kind === 'csv' && file.delimiter === delimiter);
    }
  }
});

test('the delimiter is the one of the heading, not of a list within it', () => {
  assert.deepEqual(cells(read('"a;b;c",d\n1;2,3'))[1], ['1;2', '3']);
  assert.deepEqual(cells(read('Liste\n\na;b\n1,5;2'))[2], ['1,5', '2']);
  assert.deepEqual(cells(read('sep=;\na,b;c')), [['a,b', 'c']]);
  assert.deepEqual(cells(read('alone\n1')), [['alone'], ['1']]);
});

test('each row knows its line, also after line ends within cells, blank lines and sep=', () => {
  const text = 'a;b\r\n"x\r\ny";2\r\n\r\n;\r\n3;4';
  const lines = (told: string) => read(told).sheets[0]!.rows.map(({ line }) => line);
  assert.deepEqual(lines(text), [1, 2, 6]);
  assert.deepEqual(lines(`sep=;\r\n${text}`), [2, 3, 7]);
  assert.equal(cells(read(text))[1]![0], 'x\ny');
});

test('encodings', () => {
  const text = 'Nom;Œuvre\nZoé;l’été';
  const wanted = [
    ['Nom', 'Œuvre'],
    ['Zoé', 'l’été'],
  ];
  const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
  const windows = Buffer.from(text.replace('Œ', '\x8c').replace('’', '\x92'), 'latin1');
  const inputs: [string, Buffer][] = [
    ['utf-8', Buffer.from(text)],
    ['utf-8', Buffer.from(`\ufeff${text}`)],
    ['utf-16', utf16],
    ['utf-16', Buffer.from(utf16).swap16()],
    ['windows-1252', windows],
  ];
  for (const [encoding, bytes] of inputs) {
    const file = read(bytes);
    assert.ok(file.kind === 'csv');
    assert.equal(file.encoding, encoding);
    assert.deepEqual(cells(file), wanted);
  }
});

test('what is no table of text is refused by its name', async () => {
  const cases: [TableFault, Buffer | string][] = [
    ['empty', ''],
    ['empty', '\ufeff'],
    ['empty', ' \r\n\t\r\n'],
    ['empty', ';;\n;;'],
    ['nul', 'a;b\0;c'],
    ['nul', Buffer.from('Nom;Prénom', 'utf16le')],
    ['nul', Buffer.from('\ufeffNom\0', 'utf16le')],
    ['binary', '%PDF-1.7 and more'],
    ['binary', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1])],
    ['binary', Buffer.from(Array.from({ length: 500 }, (_, n) => n % 8))],
    ['encoding', Buffer.concat([Buffer.from('\ufeff'), Buffer.from([0xe9, 0x0a])])],
    ['encoding', Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0x41, 0x00])],
    ['encoding', Buffer.from([0x41, 0x81, 0x42])],
    ['other-format', '<html><table><tr><td>a'],
    ['other-format', '<?xml version="1.0"?><Workbook/>'],
    ['old-xls', Buffer.from('d0cf11e0a1b11ae1000000', 'hex')],
    [
      'encrypted',
      Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.from('EncryptedPackage', 'utf16le')]),
    ],
  ];
  for (const [fault, bytes] of cases) {
    const error = await readTableHere(Buffer.from(bytes as Buffer), 'x').then(
      () => null,
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof Trouble, `${fault}: ${String(error)}`);
    assert.equal(tableFaultOf(error), fault);
  }
});

test('quotation marks that are not closed are told with the line they begin in', () => {
  assert.deepEqual(
    faultOf(() => read('a;b\nc;d\n"e;f\ng;h')),
    { fault: 'unclosed-quote', on: 'people.csv:3' },
  );
  assert.deepEqual(cells(read('a;5" pipe\n1;2'))[0], ['a', '5" pipe']);
});

test('caps', () => {
  const row = (count: number) => Array(count).fill('x').join(';');
  assert.equal(cells(read(row(COLUMNS_MAX)))[0]!.length, COLUMNS_MAX);
  assert.deepEqual(
    faultOf(() => read(`a;b\n${row(COLUMNS_MAX + 1)}`)),
    { fault: 'too-many-columns', on: 'people.csv:2' },
  );
  assert.equal(cells(read(`a;${'x'.repeat(CELL_MAX_CHARS)}`))[0]!.length, 2);
  assert.equal(faultOf(() => read(`a;${'x'.repeat(CELL_MAX_CHARS + 1)}`)).fault, 'cell-too-long');
  assert.equal(read('a;b\n'.repeat(ROWS_MAX)).sheets[0]!.rows.length, ROWS_MAX);
  assert.deepEqual(
    faultOf(() => read('a;b\n'.repeat(1_000_000))),
    { fault: 'too-many-rows', on: `people.csv:${ROWS_MAX + 1}` },
  );
  assert.equal(faultOf(() => read(`a;b\n"${'x'.repeat(50_000_000)}";c`)).fault, 'cell-too-long');
  assert.equal(faultOf(() => read(`a;b\n${'x'.repeat(50_000_000)}`)).fault, 'cell-too-long');
  assert.equal(faultOf(() => read(`a;b\n${';'.repeat(50_000_000)}x`)).fault, 'too-many-columns');
});

test('what a spreadsheet would run is made text, and read back as it was', () => {
  for (const cell of ['=1+1', '+33612345678', '-1', '@SUM(A1)', '\tx', '\rx', "'=1", "''@", '＝1'])
    assert.ok(guarded(cell).startsWith("'") && unguarded(guarded(cell)) === cell, cell);
  for (const cell of ["'t Hooft", 'a=b', '', "'"]) assert.equal(guarded(cell), cell);
  assert.ok(
    !/(^|[\r\n;])[=+\-@]/m.test(
      writeCsv([
        ['=a', '+b'],
        ['@c', '-d'],
      ]).toString(),
    ),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (cell) => assert.equal(unguarded(guarded(cell)), cell)),
  );
});

const oddCell = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }).map((text) => text.replaceAll('\0', '')),
  fc.constantFrom(
    '=1+1',
    '"',
    '""',
    ';',
    ' a ',
    'a\nb',
    'a\r\nb',
    "'=x",
    'sep=;',
    'é;"',
    '<script>',
    '\ufeff',
  ),
);

test('written and read back, every cell is what it was', () => {
  const styles = fc.record({
    delimiter: fc.constantFrom(';' as const, ',' as const, '\t' as const),
    bom: fc.boolean(),
    guard: fc.constant(true),
  });
  fc.assert(
    fc.property(
      fc.array(fc.array(oddCell, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 8 }),
      styles,
      (rows, style) => {
        // The heading is what the delimiter is known by.
        const table = [['first heading', 'second heading'], ...rows];
        const kept = rows.filter((row) => row.some((cell) => cell.trim() !== ''));
        const back = cells(readCsv(writeCsv(table, style), 'x')).slice(1);
        assert.deepEqual(
          back,
          kept.map((row) => row.map((cell) => cell.replace(/\r\n?/g, '\n'))),
        );
      },
    ),
    { numRuns: 500 },
  );
});

test('never throws anything but a Trouble', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      try {
        readCsv(Buffer.from(bytes), 'x');
      } catch (error) {
        assert.ok(error instanceof Trouble && tableFaultOf(error) !== null, String(error));
      }
    }),
    { numRuns: 500 },
  );
});
