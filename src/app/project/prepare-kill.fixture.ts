/** A process of its own that is killed in the middle of writing a prepared file: `DATA ORGANISATION AFTER`. */
import type { Change } from '../../records/records.ts';
import { confirmed, readImport } from './prepare-session.ts';
import { openProject } from './project.ts';

const [data, organisation, after] = process.argv.slice(2) as [string, string, string];
const project = await openProject({ data, reach: async () => {}, movesAtOnce: 1, language: 'fr' });
const rows = Array.from({ length: 40 }, (_, n) => `P${n};N${n};p${n}@mistral.example;Site ${n % 3}`);
const file = Buffer.from(['Prénom;Nom;Adresse;Site', ...rows].join('\n'));

let people = 0;
const { write } = project.records;
project.records.write = (by, work) =>
  write(by, (change) => {
    const dying: Change = {
      ...change,
      addPerson(...given) {
        people += 1;
        if (people > Number(after)) process.kill(process.pid, 'SIGKILL');
        return change.addPerson(...given);
      },
    };
    return work(dying);
  });
const one = await readImport(project, organisation, 'people.csv', file);
const counts = await confirmed(project, 'Claire', one, { createSites: true, createWaves: true });
process.stdout.write(JSON.stringify(counts));
await project.close();
