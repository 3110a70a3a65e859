import { type FolderSurvey, type Survey, survey } from '../engine/survey.ts';
import { isTrouble } from '../trouble.ts';
import { type Account, readAccounts } from './accounts.ts';
import type { Person } from './secret.ts';

/** Large messages named by a survey. */
const LARGEST = 10;

export interface SurveyErrand {
  from: readonly string[];
  signal: AbortSignal;
  tell(account: string, folder: FolderSurvey): void;
  person: Person;
}

/** What is there, and how much; account after account. Throws Trouble. */
export async function* runSurvey(errand: SurveyErrand): AsyncIterable<Survey> {
  for (const account of await readAccounts(errand.from, errand.person)) {
    const source = await account.openSource();
    try {
      yield await survey(source, {
        signal: errand.signal,
        tell: (folder) => errand.tell(account.name, folder),
        largest: LARGEST,
        quota: await quotaOf(account),
      });
    } finally {
      await source.close();
    }
  }
}

/** Only targets tell a quota; a store that cannot be one, or does not tell, has none. */
async function quotaOf(account: Account): Promise<Survey['quota']> {
  if (!/^imaps?:/.test(account.name)) return null;
  const target = await account.openTarget();
  try {
    return await target.quota();
  } catch (error) {
    if (!isTrouble(error, 'refused', 'missing')) throw error;
    return null;
  } finally {
    await target.close();
  }
}
