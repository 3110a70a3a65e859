/**
 * The process in which one paper is typeset: it reads a `PdfPaper` from its standard input and writes the PDF to its standard
 * output. A process of its own, because the compiler keeps a processor and its memory busy, and may be ended.
 */
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler';
import type { PdfPaper } from './blocks.ts';

/** Nothing lies there: what the compiler looks for in its workspace, it does not find. */
const NO_FILES = fileURLToPath(new URL('no-files', import.meta.url));

const template = readFileSync(new URL('paper.typ', import.meta.url), 'utf8');
const { made, ...paper } = JSON.parse(await text(process.stdin)) as PdfPaper;
const at = new Date(made);
const date = [
  ...[at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate()],
  ...[at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()],
];

const compiler = NodeCompiler.create({ workspace: NO_FILES });
const result = compiler.compile({
  mainFileContent: template,
  inputs: { paper: JSON.stringify({ ...paper, made: date }) },
});
const document = result.result;
if (document === null)
  throw new Error(`not typeset: ${JSON.stringify(result.takeDiagnostics()?.shortDiagnostics)}`);
process.stdout.write(compiler.pdf(document));
