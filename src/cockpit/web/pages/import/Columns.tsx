import { NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Button } from '../../components/Button.tsx';
import { Form, FormActions } from '../../components/Form.tsx';
import { Wrong } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';
import { useCorrect, WHOLE_FILE } from './correct.ts';
import type { ImportFile } from './file.ts';
import styles from './page.module.css';
import { columnName } from './sentences.ts';

/** What a column may be, each with the heading that says so: these are read in both languages. */
const HEADINGS: Record<string, string> = {
  ...{ givenName: 'First name', familyName: 'Last name', displayName: 'Display name', address: 'Address' },
  ...{ aliases: 'Aliases', site: 'Site', wave: 'Wave', kind: 'Kind', members: 'Members' },
  ...{ language: 'Language', account: 'Account', password: 'Password', target: 'Target' },
  ...{ targetPassword: 'Target password', mobile: 'Mobile phone', title: 'Job title' },
};
const NUMBERED = ['account', 'password'];
const UNUSED = '';

/** Without a column of addresses the first row may be somebody's: the server tells nothing of it. */
function isTold(heading: string): boolean {
  return heading !== '' && !heading.startsWith('•');
}

/** What each column is; open at once when one is not understood. */
export function Columns({ file }: { file: ImportFile }) {
  const words = useWords();
  const { say } = words;
  const { correct, error } = useCorrect(file);
  const amiss = file.file.some(({ severity }) => severity === 'refuse');
  if (file.template !== 'own') return null;
  const name = (cell: number, column: string): Promise<unknown> => {
    // The next number: each account has its own, and its password the same.
    const same = file.headings.slice(0, cell).filter((heading) => heading.column === column).length;
    const heading = HEADINGS[column] ?? '';
    return correct(file.headingLine, cell, NUMBERED.includes(column) ? `${heading} ${same + 1}` : heading);
  };
  return (
    <details className={styles.columns} open={amiss}>
      <summary>{say('people.file.columns')}</summary>
      <p>{say('people.file.columns-hint')}</p>
      <Wrong error={error} />
      <div>
        {file.headings.map(({ text, column }, cell) => (
          <NativeSelect
            // biome-ignore lint/suspicious/noArrayIndexKey: a column is known by its place
            key={cell}
            label={
              isTold(text)
                ? say('people.file.column-is', { heading: text })
                : say('people.file.column-number', { n: cell + 1 })
            }
            value={column ?? UNUSED}
            data={[
              { value: UNUSED, label: say('people.file.column-none') },
              ...Object.keys(HEADINGS).map((value) => ({ value, label: columnName(value, words) })),
            ]}
            onChange={(event) => void name(cell, event.currentTarget.value).catch(() => {})}
          />
        ))}
      </div>
    </details>
  );
}

/** Microsoft's batch tells users and no server. */
export function Server({ file }: { file: ImportFile }) {
  const { say } = useWords();
  const { correct, acting, error } = useCorrect(file);
  const [server, setServer] = useState('');
  const users = file.headings.findIndex(({ column }) => column === 'login');
  if (users < 0) return null;
  return (
    <div className={styles.server}>
      <Form onSubmit={() => void correct(WHOLE_FILE, users, server).catch(() => {})}>
        <TextInput
          label={say('people.file.server')}
          description={say('people.file.server-hint')}
          spellCheck={false}
          autoCapitalize="none"
          maxLength={253}
          value={server}
          onChange={(event) => setServer(event.currentTarget.value)}
        />
        <Wrong error={error} />
        <FormActions>
          <Button type="submit" acting={acting} disabled={server.trim() === ''}>
            {say('people.file.server-act')}
          </Button>
        </FormActions>
      </Form>
    </div>
  );
}
