import { PasswordInput } from '@mantine/core';
import { useWords } from '../../words/words.tsx';

interface PresentPasswordProps {
  value: string;
  onChange(value: string): void;
  /** It is what one came for. */
  start?: boolean;
}

/** Asked for before a change of how one signs in. */
export function PresentPassword({ value, onChange, start }: PresentPasswordProps) {
  const { say } = useWords();
  return (
    <PasswordInput
      label={say('settings.account.password.now')}
      autoComplete="current-password"
      autoFocus={start === true}
      required
      withAsterisk={false}
      maxLength={1024}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      visibilityToggleButtonProps={{ 'aria-label': say('door.password-show') }}
    />
  );
}
