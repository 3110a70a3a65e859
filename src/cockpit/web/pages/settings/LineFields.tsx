import { NumberInput, Radio } from '@mantine/core';
import { useState } from 'react';
import { useWords } from '../../words/words.tsx';
import styles from './Hours.module.css';
import { MEGABIT, megabitsOf, SLOWEST_MEGABITS } from './week.ts';

interface LineFieldsProps {
  /** Null: no limit. NaN while nothing that counts is typed. */
  bytesPerSecond: number | null;
  onChange(bytesPerSecond: number | null): void;
  sent: boolean;
}

const USUAL_MEGABITS = 20;
const HOUR_SECONDS = 3_600;

export function lineFault(bytesPerSecond: number | null): 'missing' | 'small' | null {
  if (bytesPerSecond === null) return null;
  if (Number.isNaN(bytesPerSecond)) return 'missing';
  return bytesPerSecond < SLOWEST_MEGABITS * MEGABIT ? 'small' : null;
}

/** How much of a site's line all moves together may take. */
export function LineFields({ bytesPerSecond, onChange, sent }: LineFieldsProps) {
  const { say, figures, language } = useWords();
  const [typed, setTyped] = useState<number | string>(
    bytesPerSecond === null ? USUAL_MEGABITS : megabitsOf(bytesPerSecond),
  );
  const limited = bytesPerSecond !== null;
  const fault = lineFault(bytesPerSecond);
  const put = (value: number | string): void => {
    setTyped(value);
    onChange(typeof value === 'number' ? Math.round(value * MEGABIT) : Number.NaN);
  };
  return (
    <>
      <Radio.Group
        label={say('settings.line.title')}
        value={limited ? 'limit' : 'none'}
        onChange={(next) => (next === 'limit' ? put(typed) : onChange(null))}
      >
        <div className={styles.choice}>
          <Radio value="none" label={say('settings.line.none')} />
          <Radio value="limit" label={say('settings.line.limit')} />
        </div>
      </Radio.Group>
      {limited && (
        <NumberInput
          label={say('settings.line.rate')}
          suffix={`\u202f${say('settings.line.unit')}`}
          decimalScale={2}
          decimalSeparator={language === 'fr' ? ',' : '.'}
          allowedDecimalSeparators={[',', '.']}
          allowNegative={false}
          max={800_000}
          value={typed}
          error={fault === 'small' || (sent && fault) ? say(`settings.line.${fault!}`) : undefined}
          onChange={put}
          hideControls
        />
      )}
      <p>
        <small>
          {!limited || fault
            ? !limited && say('settings.line.said-none')
            : say('settings.line.said', {
                rate: figures.rate(bytesPerSecond),
                hour: figures.bytes(bytesPerSecond * HOUR_SECONDS),
              })}
        </small>
      </p>
    </>
  );
}
