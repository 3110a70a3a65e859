import { NativeSelect, Radio } from '@mantine/core';
import { useId, useState } from 'react';
import { useAct } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { useTell } from '../../components/Notice.tsx';
import { Wrong } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';
import { isKnown, type Line } from './lines.ts';
import type { Site } from './page.tsx';
import styles from './Survey.module.css';

interface SurveyProps {
  lines: readonly Line[];
  sites: readonly Site[];
  site: string | undefined;
  onClose(): void;
}

/** Which accounts are surveyed: of a site or all, those not yet known or all again. It says how many before. */
export function Survey({ lines, sites, site: shown, onClose }: SurveyProps) {
  const { say, figures } = useWords();
  const { id: organisation } = useHere();
  const tell = useTell();
  const form = useId();
  const [site, setSite] = useState(shown ?? '');
  const own = lines.filter((line) => site === '' || line.site === site);
  const unknown = own.filter((line) => !isKnown(line)).length;
  const [wish, setWish] = useState<'new' | 'again' | null>(null);
  const which = wish ?? (unknown > 0 ? 'new' : 'again');
  const { act, acting, error } = useAct('POST /organisations/{organisation}/inventory/survey');

  const send = async (): Promise<void> => {
    const body = { ...(site === '' ? {} : { site }), again: which === 'again' };
    const { asked } = await act({ organisation, body });
    onClose();
    const n = figures.number(asked);
    tell(asked === 0 ? say('inventory.survey.none') : say('inventory.survey.asked', { count: asked, n }));
  };

  return (
    <Dialog
      open
      title={say('inventory.survey.title')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{say('shell.cancel')}</Button>
          <Button kind="primary" type="submit" form={form} acting={acting}>
            {say('inventory.survey.send')}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          // What went wrong stands below.
          void send().catch(() => {});
        }}
      >
        <p>{say('inventory.survey.body')}</p>
        {sites.length > 1 && (
          <NativeSelect
            label={say('inventory.survey.site')}
            value={site}
            onChange={(event) => setSite(event.currentTarget.value)}
            data={[
              { value: '', label: say('inventory.survey.everywhere') },
              ...sites.map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
        )}
        <Radio.Group
          label={say('inventory.survey.which')}
          value={which}
          onChange={(value) => setWish(value as 'new' | 'again')}
        >
          <div className={styles.choices}>
            <Radio
              value="new"
              label={say('inventory.survey.new', { count: unknown, n: figures.number(unknown) })}
            />
            <Radio
              value="again"
              label={say('inventory.survey.again', { count: own.length, n: figures.number(own.length) })}
            />
          </div>
        </Radio.Group>
        <Wrong error={error} />
      </form>
    </Dialog>
  );
}
