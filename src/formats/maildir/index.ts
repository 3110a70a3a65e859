export {
  type FileName,
  isSystemMark,
  marksOfSuffix,
  readFileName,
  SYSTEM_MARKS,
  suffixOf,
} from './file-name.ts';
export {
  addKeywords,
  KEYWORDS_FILE,
  KEYWORDS_FILE_MAX_BYTES,
  KEYWORDS_MAX,
  type Keywords,
  readKeywords,
  writeKeywords,
} from './keywords.ts';
export {
  addSubscription,
  readSubscriptions,
  SUBSCRIPTION_FILES,
  SUBSCRIPTIONS_MAX_BYTES,
} from './subscriptions.ts';
