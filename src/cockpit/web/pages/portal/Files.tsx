import { type DragEvent, useRef, useState } from 'react';
import { Button } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { useWords } from '../../words/words.tsx';
import { ArrivedRow, SendingRow } from './FileRow.tsx';
import styles from './page.module.css';
import type { PortalView } from './page.tsx';
import { useSending } from './sending.ts';

interface FilesProps {
  portal: PortalView;
  token: string;
  again(): void;
}

export const ENDINGS = ['.pst', '.ost', '.mbox', '.mbx', '.zip', '.eml', '.msg'];
const SHOWN_ENDINGS = ['.pst', '.ost', '.mbox', '.zip', '.eml'];

/** Archives from the person’s own computer: dropped or chosen, sent with pauses, and what came of them. */
export function Files({ portal, token, again }: FilesProps) {
  const { say, figures } = useWords();
  const { uploads, uploadMaxBytes } = portal;
  const sending = useSending({ token, known: uploads, changed: again });
  const own = new Set(sending.rows.map(({ mark }) => mark));
  const others = uploads.filter(({ mark, state }) => !(state === 'arriving' && own.has(mark)));
  const remove = async (id: string): Promise<void> => {
    await fetch(`/api/v1/portal/${encodeURIComponent(token)}/uploads/${id}`, {
      method: 'DELETE',
      headers: { 'tus-resumable': '1.0.0' },
    });
    again();
  };
  const drop = (mark: string): void => {
    sending.drop(mark);
    const begun = uploads.find((one) => one.mark === mark && one.state === 'arriving');
    if (begun !== undefined) void remove(begun.id);
  };
  const takes = say('portal.files.takes', {
    endings: figures.list(SHOWN_ENDINGS),
    size: figures.bytes(uploadMaxBytes),
  });
  return (
    <Card title={say('portal.files.title')}>
      <p>{say('portal.files.intro')}</p>
      <Drop onFiles={sending.add} takes={takes} />
      {sending.rows.length + others.length > 0 && (
        <ul className={styles.files} aria-label={say('portal.files.list')}>
          {sending.rows.map((row) => (
            <SendingRow
              key={row.mark}
              row={row}
              endings={figures.list(SHOWN_ENDINGS)}
              maxBytes={uploadMaxBytes}
              onPause={() => sending.pause(row.mark)}
              onResume={() => sending.resume(row.mark)}
              onRemove={() => drop(row.mark)}
            />
          ))}
          {others.toReversed().map((one) => (
            <ArrivedRow key={one.id} one={one} onRemove={() => void remove(one.id)} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function Drop({ onFiles, takes }: { onFiles(files: readonly File[]): void; takes: string }) {
  const { say } = useWords();
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const onDrag = (is: boolean) => (event: DragEvent) => {
    event.preventDefault();
    setOver(is);
  };
  return (
    // A way for those with a mouse; the button in it is the one for everybody.
    // biome-ignore lint/a11y/noStaticElementInteractions: see above
    <div
      className={styles.drop}
      data-over={over || undefined}
      onDragOver={onDrag(true)}
      onDragLeave={onDrag(false)}
      onDrop={(event) => {
        onDrag(false)(event);
        onFiles([...event.dataTransfer.files]);
      }}
    >
      <span className={styles.dropHere}>{say('portal.files.drop')}</span>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={ENDINGS.join(',')}
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          // The same file may be chosen again.
          event.currentTarget.value = '';
        }}
      />
      <Button kind="primary" onClick={() => input.current?.click()}>
        {say('portal.files.choose')}
      </Button>
      <small>
        {takes} {say('portal.files.cut')}
      </small>
    </div>
  );
}
