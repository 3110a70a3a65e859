import { writeSurveyPage } from '../app/survey.ts';
import type { Context } from './command.ts';

/** Writes the page where one is wanted, and says where it lies. */
export async function tellPage(
  context: Context,
  out: string | undefined,
  page: Parameters<typeof writeSurveyPage>[1],
): Promise<void> {
  if (out === undefined) return;
  const file = await writeSurveyPage(out, page);
  if (context.options.json) context.json({ event: 'page', file });
  else context.print(context.words().say('survey.page', { file }));
}
