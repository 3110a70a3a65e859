import { TextInput } from '@mantine/core';
import { useRef } from 'react';
import { Button } from '../../components/Button.tsx';
import { useWords } from '../../words/words.tsx';
import styles from './page.module.css';
import { SUITE_RULES, sampleAddress, targetFault, targetOf } from './target.ts';

interface TargetFieldProps {
  value: string | null;
  onChange(template: string | null): void;
  suite: 'google' | 'microsoft' | 'open';
  /** One of the organisation's, for the example. */
  domain: string;
  error: string | undefined;
}

const PARTS = ['{address}', '{local}', '{domain}'] as const;

/** The rule by which a person's new mailbox is found, with what it gives for somebody. */
export function TargetField({ value, onChange, suite, domain, error }: TargetFieldProps) {
  const { say } = useWords();
  const field = useRef<HTMLInputElement>(null);
  const rule = SUITE_RULES[suite];
  const address = sampleAddress(domain);
  const fault = value === null ? null : targetFault(value);
  const insert = (part: string): void => {
    const at = field.current?.selectionStart ?? (value ?? '').length;
    onChange((value ?? '').slice(0, at) + part + (value ?? '').slice(field.current?.selectionEnd ?? at));
    field.current?.focus();
  };
  return (
    <div className={styles.stack}>
      <TextInput
        ref={field}
        label={say('settings.organisation.target')}
        description={say('settings.organisation.target-hint')}
        placeholder={rule ?? `imaps://{address}@imap.${domain}/`}
        maxLength={500}
        spellCheck={false}
        autoCapitalize="none"
        autoComplete="off"
        value={value ?? ''}
        error={error ?? (fault === null ? undefined : say(`settings.organisation.target-${fault}`))}
        onChange={(event) => onChange(event.currentTarget.value || null)}
      />
      <div className={styles.inserts}>
        {PARTS.map((part) => (
          <Button
            key={part}
            small
            aria-label={say('settings.organisation.target-insert', { what: part })}
            onClick={() => insert(part)}
          >
            {part}
          </Button>
        ))}
        {rule !== null && value !== rule && (
          <Button small kind="quiet" onClick={() => onChange(rule)}>
            {say('settings.organisation.target-suggest', { suite: say(`shell.suite.${suite}`) })}
          </Button>
        )}
      </div>
      {value === null ? (
        <p>
          <small>{say('settings.organisation.target-none')}</small>
        </p>
      ) : (
        <div className={styles.gives}>
          {say('settings.organisation.target-example', { address })}
          <code>{targetOf(value, address)}</code>
        </div>
      )}
    </div>
  );
}
