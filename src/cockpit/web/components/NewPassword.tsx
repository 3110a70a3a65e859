import { PasswordInput } from '@mantine/core';
import { useWords } from '../words/words.tsx';

interface NewPasswordProps {
  value: string;
  onChange(value: string): void;
  error?: string | undefined;
}

const SHORTEST = 12;
const LONGEST = 256;

/** A password that is chosen now, with what is asked of it. */
export function NewPassword({ value, onChange, error }: NewPasswordProps) {
  const { say } = useWords();
  return (
    <PasswordInput
      label={say('door.password-new')}
      description={say('door.password-hint')}
      autoComplete="new-password"
      required
      withAsterisk={false}
      minLength={SHORTEST}
      maxLength={LONGEST}
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
      visibilityToggleButtonProps={{ 'aria-label': say('door.password-show') }}
    />
  );
}
