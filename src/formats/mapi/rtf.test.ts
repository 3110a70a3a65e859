import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mutations } from './mutate.fixture.ts';
import { compressRtf } from './rtf.fixture.ts';
import { decompressRtf } from './rtf-compression.ts';
import { rtfText } from './rtf-text.ts';

/** The example of MS-OXRTFCP §4. */
const SIMPLE = Buffer.from(
  '2d0000002b0000004c5a4675f1c5c7a703000a0072637067313235423' + '20af32068656c090020627705b06c647d0a800fa0',
  'hex',
);

test('LZFu: the example of the specification', () => {
  const { rtf, sound } = decompressRtf(SIMPLE)!;
  assert.equal(rtf.toString('latin1'), '{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n');
  assert.equal(sound, true);
});

test('LZFu: what is no compressed RTF is null, a wrong checksum is told, a text that breaks off is given so far', () => {
  assert.equal(decompressRtf(Buffer.from('{\\rtf1}')), null);
  assert.equal(decompressRtf(Buffer.alloc(100)), null);
  const spoilt = Buffer.from(SIMPLE);
  spoilt[12]! ^= 1;
  assert.equal(decompressRtf(spoilt)!.sound, false);
  assert.deepEqual(decompressRtf(SIMPLE.subarray(0, 30))!.sound, false);
  const stored = Buffer.concat([
    Buffer.from('1000000004000000', 'hex'),
    Buffer.from('MELA'),
    Buffer.alloc(4),
    Buffer.from('abcd'),
  ]);
  assert.equal(decompressRtf(stored)!.rtf.toString(), 'abcd');
});

const HTML = `{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 \\deff0{\\fonttbl
{\\f0\\fswiss Arial;}
{\\f1\\fmodern\\fcharset204 Courier New;}}
{\\colortbl\\red0\\green0\\blue0;}
\\uc1\\pard\\plain\\deftab360 \\f0\\fs24
{\\*\\htmltag19 <html>}
{\\*\\htmltag50 <body>}
{\\*\\htmltag96 <p class="a\\'e9">}\\htmlrtf {\\htmlrtf0 caf\\'e9 {\\*\\htmltag84 &lt;}\\htmlrtf <\\htmlrtf0 \\f1 \\'cf\\u8364?\\~x
{\\*\\htmltag244 <o:p>}{\\*\\mhtmltag244 <gone>}{\\pntext gone\\tab}\\htmlrtf\\par}\\htmlrtf0
{\\*\\htmltag104 </p>}\\par
{\\*\\htmltag58 </body>}
{\\*\\htmltag27 </html>}}`;

test('HTML wrapped in RTF comes out as it was', () => {
  assert.deepEqual(rtfText(Buffer.from(HTML)), {
    from: 'html',
    text: '<html><body><p class="aé">café &lt;П€\u00a0x<o:p></p>\r\n</body></html>',
  });
});

test('text wrapped in RTF; real RTF as it reads', () => {
  assert.deepEqual(
    rtfText(Buffer.from('{\\rtf1\\ansi\\fromtext\\fs20 one\\par\ntwo \\{\\}\\tab x\\line {\\f9 y}\\par}')),
    {
      from: 'text',
      text: 'one\r\ntwo {}\tx\r\ny\r\n',
    },
  );
  const real =
    '{\\rtf1\\ansi\\ansicpg932{\\fonttbl{\\f0\\fcharset128 MS;}}{\\info{\\title gone}}{\\*\\generator gone;}' +
    "{\\pict\\bin5 }}}}{gone}\\f0 \\'93\\'fa{\\b \\'96\\'7b}{\\field{\\*\\fldinst HYPERLINK \"x\"}{\\fldrslt link}}\\emdash\\uc0\\u-10179\\u-8704 }";
  assert.deepEqual(rtfText(Buffer.from(real)), { from: 'rtf', text: '日本link—😀' });
  assert.equal(rtfText(Buffer.from('plain')), null);
  assert.equal(rtfText(Buffer.from('{\\urtf1}')), null);
});

test('groups without end, and ends without groups, are read to the end', () => {
  assert.equal(rtfText(Buffer.from(`{\\rtf1 ${'{'.repeat(100_000)}x${'}'.repeat(200_000)}y`))!.text, 'xy');
});

test('fuzz: whatever the bytes, LZFu and RTF end in a value', () => {
  const started = performance.now();
  let count = 0;
  for (const bytes of mutations([SIMPLE, compressRtf(Buffer.from(HTML))])) {
    const rtf = decompressRtf(bytes)?.rtf;
    if (rtf !== undefined) rtfText(rtf);
    count++;
  }
  for (const bytes of mutations([Buffer.from(HTML)])) {
    const text = rtfText(bytes)?.text ?? '';
    assert.ok(text.length <= bytes.length);
    count++;
  }
  assert.ok(performance.now() - started < 20_000 + count * 5);
});
