import { runGroupware } from '../app/groupware.ts';
import { usage } from '../app/usage.ts';
import type { GroupwareSummary } from '../groupware/files/summary.ts';
import { addsUp } from '../groupware/files/summary.ts';
import type { Context } from './command.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { countsText, groupwareReport, noticeText } from './groupware-report.ts';
import type { OptionName } from './options.ts';
import { printable, TOLD_MAX } from './progress.ts';

export const takes: readonly OptionName[] = ['from', 'out'];
export const files = 0;

/** Contacts, appointments, tasks and notes of archives, as vCard and iCalendar files. */
export async function run(context: Context): Promise<ExitCode> {
  const { options, signal } = context;
  if (options.from.length === 0) throw usage('no-from', '--from');
  if (options.out === undefined) throw usage('no-out', '--out');
  let told = 0;
  const { summary, directory } = await runGroupware({
    ...{ from: options.from, out: options.out, signal },
    tellFolder(account, folder) {
      if (options.json) return context.json({ event: 'groupware-folder', account, ...folder });
      const { say } = context.words();
      const what = countsText(folder, context.words());
      context.note(printable(say('groupware.folder', { account, folder: folder.path.join('/'), what })));
    },
    tellNotice(notice) {
      if (options.json) context.json({ event: 'groupware-notice', ...notice });
      else if (notice.is !== 'problem' && told++ < TOLD_MAX)
        context.note(printable(noticeText(notice, context.words())));
    },
    report: (sum, notices, dir) =>
      groupwareReport({ summary: sum, notices, directory: dir }, context.words()),
  });
  if (options.json) context.json({ event: 'groupware', directory, ...summary });
  else context.print(printed(summary, directory, context));
  return exitOf(summary);
}

function printed(summary: GroupwareSummary, directory: string, context: Context): string {
  return groupwareReport({ summary, notices: [], directory }, context.words()).trimEnd();
}

/** What is there all the same, in another form. */
const NO_LOSS: ReadonlySet<string> = new Set([
  'address-unknown',
  'member-unknown',
  'no-time-zone',
  'no-start',
]);

function exitOf({ totals, problems }: GroupwareSummary): ExitCode {
  if (!addsUp(totals)) return EXIT.failed;
  const isLoss = Object.keys(problems).some((code) => !NO_LOSS.has(code));
  return totals.unreadable > 0 || isLoss ? EXIT.exceptions : EXIT.complete;
}
