/**
 * What a store keeps and what it does not, known before the start: for surveys, papers and the table in the docs.
 * Plain words for people, in every language of the project.
 */
export interface Fact {
  about:
    | 'bytes'
    | 'folders'
    | 'read-marks'
    | 'keywords'
    | 'received-date'
    | 'delta'
    | 'deletions'
    | 'memory'
    | 'security'
    | 'duplicates'
    | 'size'
    | 'quota'
    | 'connections'
    | 'other';
  keeps: 'yes' | 'partly' | 'no';
  fr: string;
  en: string;
}
