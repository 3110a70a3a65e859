import assert from 'node:assert/strict';

/** vCard and iCalendar read by the grammar (RFC 5545 §3.1), with code of its own: for tests. */
export interface ReadLine {
  name: string;
  parameters: Record<string, string>;
  /** As it stands there, still escaped. */
  value: string;
}

export interface ReadComponent {
  name: string;
  lines: ReadLine[];
  components: ReadComponent[];
}

/** The components of a text; fails on any line that is not as the grammar has it. */
export function readComponents(text: string): ReadComponent[] {
  const root: ReadComponent = { name: '', lines: [], components: [] };
  const stack = [root];
  for (const line of unfolded(text)) {
    const read = readLine(line);
    const here = stack.at(-1)!;
    if (read.name === 'BEGIN') {
      const component: ReadComponent = { name: read.value, lines: [], components: [] };
      here.components.push(component);
      stack.push(component);
    } else if (read.name === 'END') {
      assert.equal(read.value, here.name);
      stack.pop();
    } else {
      assert.notEqual(stack.length, 1, `outside of any component: ${line}`);
      here.lines.push(read);
    }
  }
  assert.equal(stack.length, 1, 'a component has no end');
  return root.components;
}

export function unfolded(text: string): string[] {
  assert.ok(text.endsWith('\r\n'));
  assert.doesNotMatch(text, /(?<!\r)\n|\r(?!\n)/);
  assert.ok(text.isWellFormed());
  const physical = text.slice(0, -2).split('\r\n');
  for (const line of physical) {
    assert.ok(Buffer.byteLength(line) <= 75, `longer than 75 bytes: ${line}`);
    assert.notEqual(line, '');
  }
  return text.slice(0, -2).replaceAll('\r\n ', '').split('\r\n');
}

function readLine(line: string): ReadLine {
  const parameters: Record<string, string> = {};
  const [name] = /^[A-Z0-9-]+/.exec(line) ?? [];
  assert.ok(name !== undefined, `no name: ${line}`);
  let at = name.length;
  for (;;) {
    const match = /^;([A-Z0-9-]+)=("[^"\x00-\x08\x0a-\x1f]*"|[^";:\x00-\x08\x0a-\x1f]*)/.exec(line.slice(at));
    if (match === null) break;
    parameters[match[1]!] = match[2]!.replace(/^"(.*)"$/, '$1');
    at += match[0].length;
  }
  assert.equal(line[at], ':', `not a line: ${line.slice(0, 200)}`);
  const value = line.slice(at + 1);
  assert.doesNotMatch(value, /[\x00-\x08\x0a-\x1f\x7f]/);
  return { name, parameters, value };
}

/** A TEXT value as it is meant. */
export function meant(value: string): string {
  return value.replace(/\\([\\;,nN])/g, (_whole, sign: string) => (/n/i.test(sign) ? '\n' : sign));
}

export function fieldOf({ lines }: ReadComponent, name: string): string | undefined {
  return lines.find((line) => line.name === name)?.value;
}
