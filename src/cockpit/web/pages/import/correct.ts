import { useAct, useAnswers } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { IMPORT, type ImportFile, ROWS } from './file.ts';

const CELL = 'PATCH /organisations/{organisation}/import/{import}/rows/{line}';

/** Of the whole file: the server of all its users. */
export const WHOLE_FILE = 0;

/** Corrects a cell on the server; everything is judged anew. The line of the headings: what a column is called. */
export function useCorrect(file: ImportFile) {
  const { id: organisation } = useHere();
  const answers = useAnswers();
  const { act, acting, error } = useAct(CELL, (read) => {
    answers.put(IMPORT, { organisation, import: file.id }, read);
    void answers.old(ROWS);
  });
  return {
    ...{ acting, error },
    correct: (line: number, cell: number, text: string) =>
      act({ organisation, import: file.id, line: String(line), body: { cell, text } }),
  };
}
