import { NativeSelect, Radio } from '@mantine/core';
import { useId } from 'react';
import { Button } from '../../components/Button.tsx';
import { useWords } from '../../words/words.tsx';
import styles from './Hours.module.css';
import { dayName, timeInWords } from './HoursInWords.tsx';
import { clockOf, type Hours, hoursFault, timesWith } from './week.ts';

interface HoursFieldsProps {
  value: readonly Hours[];
  onChange(value: Hours[]): void;
  /** Of a form that was sent: what is missing is told. */
  sent: boolean;
}

const WEEK = [1, 2, 3, 4, 5, 6, 7];
const WORKDAYS = [1, 2, 3, 4, 5];
const AT_MOST = 20;

const PRESETS: Record<'nights' | 'weekend' | 'lunch', Hours[]> = {
  nights: [{ days: WORKDAYS, from: '20:00', to: '06:00' }],
  weekend: [
    { days: WORKDAYS, from: '20:00', to: '06:00' },
    { days: [6, 7], from: '00:00', to: '00:00' },
  ],
  lunch: [{ days: WORKDAYS, from: '12:00', to: '13:30' }],
};

/** Always, or rows of days and times. */
export function HoursFields({ value, onChange, sent }: HoursFieldsProps) {
  const { say } = useWords();
  const limited = value.length > 0;
  const put = (index: number, changes: Partial<Hours>): void =>
    onChange(value.map((row, at) => (at === index ? { ...row, ...changes } : row)));
  return (
    <>
      <Radio.Group
        label={say('settings.hours.title')}
        value={limited ? 'only' : 'always'}
        onChange={(next) => onChange(next === 'only' ? PRESETS.weekend : [])}
      >
        <div className={styles.choice}>
          <Radio value="always" label={say('settings.hours.always')} />
          <Radio value="only" label={say('settings.hours.only')} />
        </div>
      </Radio.Group>
      {limited && (
        <>
          <div className={styles.presets} role="toolbar" aria-label={say('settings.hours.presets')}>
            {(['nights', 'weekend', 'lunch'] as const).map((name) => (
              <Button key={name} small onClick={() => onChange(PRESETS[name])}>
                {say(`settings.hours.${name}`)}
              </Button>
            ))}
          </div>
          <ol className={styles.rows}>
            {value.map((row, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have nothing else that stays while they are typed
              <li key={index}>
                <Row
                  row={row}
                  number={index + 1}
                  sent={sent}
                  onChange={(changes) => put(index, changes)}
                  onRemove={() => onChange(value.filter((_, at) => at !== index))}
                />
              </li>
            ))}
          </ol>
          {value.length < AT_MOST && (
            <div>
              <Button small onClick={() => onChange([...value, { days: [], from: '20:00', to: '06:00' }])}>
                {say('settings.hours.add')}
              </Button>
            </div>
          )}
        </>
      )}
    </>
  );
}

interface RowProps {
  row: Hours;
  number: number;
  sent: boolean;
  onChange(changes: Partial<Hours>): void;
  onRemove(): void;
}

function Row({ row, number, sent, onChange, onRemove }: RowProps) {
  const { say, figures, language } = useWords();
  const id = useId();
  const fault = sent ? hoursFault(row) : null;
  const turn = (day: number): number[] =>
    row.days.includes(day) ? row.days.filter((one) => one !== day) : [...row.days, day].sort();
  const time = (which: 'from' | 'to') => (
    <NativeSelect
      label={say(`settings.hours.${which}`)}
      value={clockOf(row[which])}
      data={timesWith(clockOf(row[which])).map((value) => ({ value, label: timeInWords(value, figures) }))}
      onChange={(event) => onChange({ [which]: event.currentTarget.value })}
    />
  );
  return (
    <fieldset className={styles.row} aria-describedby={fault ? id : undefined}>
      <legend className="visually-hidden">{say('settings.hours.nth', { n: number })}</legend>
      <div className={styles.days}>
        {WEEK.map((day) => (
          <label key={day} className={styles.day}>
            <input
              type="checkbox"
              aria-label={dayName(day, language)}
              checked={row.days.includes(day)}
              onChange={() => onChange({ days: turn(day) })}
            />
            <span>{dayName(day, language, 'short').replace('.', '')}</span>
          </label>
        ))}
      </div>
      <div className={styles.times}>
        {time('from')}
        {time('to')}
        <Button
          kind="quiet"
          small
          aria-label={say('settings.hours.remove-nth', { n: number })}
          onClick={onRemove}
        >
          {say('settings.hours.remove')}
        </Button>
      </div>
      {fault && (
        <p id={id} className={styles.fault} role="alert">
          {say(`settings.hours.${fault}`)}
        </p>
      )}
    </fieldset>
  );
}
