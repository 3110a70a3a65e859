/** `npm run check`: types and style. `npm test` runs it first. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Types and style, side by side. Answers whether both are well; what they say goes to standard output. */
export async function check(): Promise<boolean> {
  const results = await Promise.all([
    runTool('tsc', 'typescript/bin/tsc', ['--noEmit', '-p', '.']),
    runTool('tsc, browser', 'typescript/bin/tsc', ['--noEmit', '-p', 'tsconfig.web.json']),
    runTool('biome', '@biomejs/biome/bin/biome', ['check', '--error-on-warnings']),
  ]);
  return results.every(Boolean);
}

async function runTool(name: string, file: string, args: string[]): Promise<boolean> {
  const began = performance.now();
  const { code, output } = await collect(path.join(ROOT, 'node_modules', file), args);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  process.stdout.write(`${code === 0 ? '✔' : '✖'} ${name} (${seconds} s)\n${code === 0 ? '' : output}`);
  return code === 0;
}

function collect(file: string, args: string[]): Promise<{ code: number | null; output: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ code: number | null; output: string }>();
  const child = spawn(process.execPath, [file, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (piece: string) => {
      output += piece;
    });
  }
  child.on('error', reject);
  child.on('close', (code) => resolve({ code, output }));
  return promise;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = (await check()) ? 0 : 1;
