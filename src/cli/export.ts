import { resolve } from 'node:path';
import { writeProjectFolder } from '../app/project/folder/files.ts';
import { usage } from '../app/usage.ts';
import type { Context } from './command.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { OptionName } from './options.ts';
import { printable } from './progress.ts';
import { organisationOf } from './project/chosen.ts';
import { openDesk } from './project/desk.ts';

export const takes: readonly OptionName[] = ['organisation', 'out', 'server', 'token'];
export const files = 0;

/** A project as one readable folder, without secrets. */
export async function run(context: Context): Promise<ExitCode> {
  const { options } = context;
  if (options.out === undefined) throw usage('no-folder', '--out');
  const desk = await openDesk(context);
  try {
    const { id, name } = await organisationOf(desk, options);
    const folder = resolve(options.out);
    await writeProjectFolder(folder, await desk.folder(id));
    if (options.json) context.json({ event: 'exported', organisation: name, folder });
    else context.print(printable(context.words().say('project.exported', { folder })));
    return EXIT.complete;
  } finally {
    await desk.close();
  }
}
