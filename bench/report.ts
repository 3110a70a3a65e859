import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, type Sample } from './measure.ts';

/** What one tool did in one case and pass. */
export interface Cell {
  case: string;
  peer: string;
  pass: 'first' | 'second';
  messages: number;
  bytes: number;
  samples: Sample[];
  /** Empty when all was well: what ended badly or did not arrive. */
  faults: string[];
}

const columns = [
  'case',
  'pass',
  'tool',
  's (median)',
  'runs',
  'best',
  'msgs/s',
  'MB/s',
  '× malleposte',
  '× copier',
  'round trips',
  'CPU s cl/src/tgt',
  'peak MB',
  'load',
  'note',
];

/** The cells as a Markdown table, medians; the ratios say how many times slower than ours and than the bound. */
export function table(cells: readonly Cell[]): string {
  const rows = cells.map((cell) => {
    if (cell.samples.length === 0)
      return [cell.case, cell.pass, cell.peer, ...Array(columns.length - 4).fill(''), cell.faults.join('; ')];
    const middle = median(cell.samples);
    const best = Math.min(...cell.samples.map((sample) => sample.wall));
    const { client, source, target } = middle.cpu;
    const ratio = (peer: string): string => {
      const other = cells.find(
        (one) =>
          one.peer === peer && one.case === cell.case && one.pass === cell.pass && one.samples.length > 0,
      );
      return other === undefined ? '' : `${round(middle.wall / median(other.samples).wall)}×`;
    };
    const first = cell.pass === 'first';
    const peak = Math.max(...cell.samples.map((sample) => sample.rss));
    const largest = Math.max(...cell.samples.map((sample) => sample.rssLargest));
    return [
      ...[cell.case, cell.pass, cell.peer, round(middle.wall), String(cell.samples.length), round(best)],
      first ? String(Math.round(cell.messages / middle.wall)) : '',
      first ? round(cell.bytes / 1e6 / middle.wall) : '',
      ...[
        ratio('malleposte'),
        ratio('copier'),
        String(middle.turns ?? ''),
        [client, source, target].map((cpu) => cpu.toFixed(1)).join('/'),
      ],
      peak - largest > 5 ? `${Math.round(peak)} (largest ${Math.round(largest)})` : String(Math.round(peak)),
      ...[middle.load.toFixed(1), cell.faults.join('; ')],
    ];
  });
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** One sentence on the machine: no figure means anything without it. */
export function machine(): string {
  const all = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const load = loadavg()
    .map((one) => one.toFixed(1))
    .join(' ');
  return `${all.length} cores (${all[0]?.model.trim()}), ${memory} GB, Linux ${release()}, Node ${process.version}, load average ${load}`;
}

/** Keeps a run in `bench/results/`, by its time. Returns the file. */
export function keep(cells: readonly Cell[], words: readonly string[]): string {
  const dir = fileURLToPath(new URL('results/', import.meta.url));
  mkdirSync(dir, { recursive: true });
  const file = join(dir, `${new Date().toISOString().replace(/[:.]/g, '-')}.json`);
  writeFileSync(file, `${JSON.stringify({ machine: machine(), words, cells }, null, 1)}\n`);
  return file;
}
