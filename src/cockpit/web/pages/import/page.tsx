import { useState } from 'react';
import { useAsk } from '../../api/ask.ts';
import { Refused } from '../../api/call.ts';
import { useHere } from '../../api/me.ts';
import { useInAddress } from '../../components/PageLink.tsx';
import { PageTitle } from '../../components/PageTitle.tsx';
import { Wrong } from '../../components/Wrong.tsx';
import { Waiting } from '../../shell/Waiting.tsx';
import { useWords } from '../../words/words.tsx';
import { Choose } from './Choose.tsx';
import { type Confirmed, Done } from './Done.tsx';
import { IMPORT, type ImportFile } from './file.ts';
import { Preview } from './Preview.tsx';

/** What would come of this file? Nothing is written before that is read and confirmed. */
export default function ImportPage() {
  const { say } = useWords();
  const [file, setFile] = useInAddress('file');
  const [done, setDone] = useState<Confirmed | null>(null);
  const choose = (): void => {
    setDone(null);
    setFile(undefined);
  };
  const body = () => {
    if (done) return <Done confirmed={done} onAgain={choose} />;
    if (!file) return <Choose onRead={setFile} />;
    return <Known file={file} onDone={setDone} onAgain={choose} onRead={setFile} />;
  };
  return (
    <>
      <PageTitle title={say('people.file.title')} under={say('people.file.under')} />
      {body()}
    </>
  );
}

interface KnownProps {
  file: string;
  onDone(confirmed: Confirmed): void;
  onAgain(): void;
  /** Another one, when this one has gone. */
  onRead(file: string): void;
}

function Known({ file, onDone, onAgain, onRead }: KnownProps) {
  const { id: organisation } = useHere();
  const { data, error, refetch } = useAsk(IMPORT, { organisation, import: file });
  if (error instanceof Refused && error.status === 404) return <Choose gone onRead={onRead} />;
  if (!data) return error ? <Wrong error={error} again={() => void refetch()} /> : <Waiting />;
  // What the server tells beyond the contract's summary is for this page.
  return <Preview file={data as ImportFile} onDone={onDone} onAgain={onAgain} />;
}
