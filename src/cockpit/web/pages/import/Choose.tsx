import { useRef, useState } from 'react';
import { useAct, useAnswers } from '../../api/ask.ts';
import { addressOf, Refused } from '../../api/call.ts';
import { useHere } from '../../api/me.ts';
import { Button, buttonClass } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { Note } from '../../components/Notice.tsx';
import { Wrong } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';
import { IMPORT } from './file.ts';
import styles from './page.module.css';

interface ChooseProps {
  /** The server has read it: its id. */
  onRead(file: string): void;
  /** The one that was here is no longer kept. */
  gone?: boolean;
}

const TEMPLATE = 'GET /organisations/{organisation}/import/template';

/** Takes a file by choice or by drop; teaches what belongs in it. */
export function Choose({ onRead, gone }: ChooseProps) {
  const { say, language } = useWords();
  const { id: organisation } = useHere();
  const answers = useAnswers();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [name, setName] = useState('');
  const { act, acting, error } = useAct('POST /organisations/{organisation}/import');
  const take = async (file: File | undefined): Promise<void> => {
    if (!file || acting) return;
    setName(file.name);
    // The file itself is the body.
    const read = await act({ organisation, query: { name: file.name }, body: file } as never);
    answers.put(IMPORT, { organisation, import: read.id }, read);
    onRead(read.id);
  };
  return (
    <Card label={say('people.file.choose')} className={styles.choose}>
      {gone && <Note>{say('people.file.gone')}</Note>}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button below does the same by keyboard */}
      <div
        className={styles.drop}
        data-over={over || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void take(event.dataTransfer.files[0]).catch(() => {});
        }}
      >
        <p role="status">{acting ? say('people.file.reading', { name }) : say('people.file.drop')}</p>
        <input
          ref={input}
          type="file"
          hidden
          accept=".csv,.tsv,.txt,.xlsx,text/csv"
          onChange={(event) => {
            void take(event.currentTarget.files?.[0]).catch(() => {});
            event.currentTarget.value = '';
          }}
        />
        <Button kind="primary" acting={acting} onClick={() => input.current?.click()}>
          {say('people.file.choose')}
        </Button>
      </div>
      <FileWrong error={error} />
      <div className={styles.teach}>
        <p>{say('people.file.teach')}</p>
        <p>{say('people.file.secrets')}</p>
        <a
          className={buttonClass('plain', true)}
          href={addressOf(TEMPLATE, { organisation, query: { language } }).url}
          download
        >
          {say('people.file.example')}
        </a>
      </div>
    </Card>
  );
}

/** Why a file cannot be read, and what to do, by its code. */
function FileWrong({ error }: { error: unknown }) {
  const { sayIfKnown } = useWords();
  const trouble = error instanceof Refused ? error.refusal.trouble : null;
  const known = trouble?.tried === 'read-file' ? sayIfKnown(`prepared.fault.${trouble.answer}`, '') : '';
  if (!known) return <Wrong error={error} />;
  return (
    <Note tone="bad" title={trouble?.on ?? ''}>
      {known}
    </Note>
  );
}
