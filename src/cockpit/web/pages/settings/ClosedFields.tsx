import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { Button } from '../../components/Button.tsx';
import { useWords } from '../../words/words.tsx';
import styles from './Hours.module.css';

interface ClosedFieldsProps {
  value: readonly string[];
  onChange(value: string[]): void;
}

const AT_MOST = 200;

/** Dates on which nothing moves. */
export function ClosedFields({ value, onChange }: ClosedFieldsProps) {
  const { say, figures } = useWords();
  const [date, setDate] = useState('');
  const past = value.filter((one) => one < today());
  const add = (): void => {
    if (date === '') return;
    onChange([...new Set([...value, date])].sort());
    setDate('');
  };
  return (
    <>
      <div>
        <h3>{say('settings.closed.title')}</h3>
        <small>{say('settings.closed.hint')}</small>
      </div>
      {value.length === 0 ? (
        <p className={styles.none}>{say('settings.closed.none')}</p>
      ) : (
        <ul className={styles.dates}>
          {value.map((one) => (
            <li key={one}>
              {figures.day(one)}
              <button
                type="button"
                aria-label={say('settings.closed.remove', { date: figures.day(one) })}
                onClick={() => onChange(value.filter((other) => other !== one))}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className={styles.adding}>
        <TextInput
          type="date"
          label={say('settings.closed.date')}
          value={date}
          onChange={(event) => setDate(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || date === '') return;
            // Here Enter adds the date; the form is sent by its own button.
            event.preventDefault();
            add();
          }}
        />
        <Button disabled={date === '' || value.length >= AT_MOST} onClick={add}>
          {say('settings.closed.add')}
        </Button>
        {past.length > 0 && (
          <Button kind="quiet" onClick={() => onChange(value.filter((one) => !past.includes(one)))}>
            {say('settings.closed.past')}
          </Button>
        )}
      </div>
    </>
  );
}

function today(): string {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()]
    .map((n) => String(n).padStart(2, '0'))
    .join('-');
}
