import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalHtml, canonicalText, htmlText } from './canonical-text.ts';

const text = (bytes: string, charset: string | null, encoding: 'latin1' | 'utf8' = 'latin1') =>
  Buffer.from(canonicalText(Buffer.from(bytes, encoding), charset)).toString();
const html = (markup: string) => Buffer.from(canonicalHtml(Buffer.from(markup), 'utf-8')).toString();

test('white space, case, charset and composition do not matter; letters do', () => {
  assert.equal(text('Hello,  World\r\n\r\n', null), 'hello,world');
  assert.equal(text('\xc9t\xe9', 'iso-8859-1'), 'été');
  assert.equal(text('Été', 'utf-8', 'utf8'), 'été');
  assert.equal(text('E\u0301te\u0301', 'utf-8', 'utf8'), 'été');
  assert.equal(text('a\u200bb\u00a0c\ufeff', 'utf-8', 'utf8'), 'abc');
  assert.notEqual(text('ete', null), text('\xe9t\xe9', 'iso-8859-1'));
});

test('text that only looks like ASCII is decoded all the same', () => {
  assert.equal(text('\x1b$B$3$s\x1b(B', 'iso-2022-jp'), 'こん');
  assert.equal(text('Caf+AOk-', 'utf-7'), 'café');
});

test('the ASCII path says what the other one says', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii' }), (ascii) => {
      assert.equal(text(ascii, 'us-ascii'), slow(ascii));
    }),
  );
});

/** A letter outside of ASCII in front forces the general path. */
function slow(ascii: string): string {
  return text(`é${ascii}`, 'utf-8', 'utf8').slice(1);
}

test('HTML says its text', () => {
  assert.equal(html('<p>Hello <b>World</b></p>'), 'helloworld');
  assert.equal(html('<style>p { color: red }</style><script>x<y</script><title>t</title>Text'), 'text');
  assert.equal(html('&eacute;&Eacute;&nbsp;&amp;&lt;&#233;&#xe9;&#128;&rsquo;'), 'éé&<éé€’');
  assert.equal(html('a <!-- not this > --> b'), 'ab');
  assert.equal(html('1 < 2 and 3 > 2'), '1<2and3>2');
  assert.equal(html('<p>open'), 'open');
  assert.equal(html('<style>never closed'), '');
});

test('HTML is read in linear time whatever it holds', () => {
  for (const piece of [
    '<!--',
    '<style>',
    '<',
    '<a',
    '&',
    '&#',
    '</',
    '<!',
    '<script></scrip',
    '-->',
    '<title>x</title>',
  ]) {
    const many = piece.repeat(400_000 / piece.length);
    const start = performance.now();
    htmlText(many);
    assert.ok(performance.now() - start < 3000, piece);
  }
});

test('never throws', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('<', '>', '&', '#', 'x', ';', '!', '-', '/', 'style') }),
      (s) => void htmlText(s),
    ),
  );
});
