import { Link } from '@tanstack/react-router';
import { buttonClass } from '../components/Button.tsx';
import { useWords } from '../words/words.tsx';
import { Outside } from './Outside.tsx';

/** There is no such page, or it is not for this operator: both look the same. */
export function Missing() {
  const { say } = useWords();
  return (
    <Outside title={say('shell.missing.title')}>
      <p>{say('shell.missing.body')}</p>
      <p>
        <Link to="/" className={buttonClass('primary')}>
          {say('shell.missing.back')}
        </Link>
      </p>
    </Outside>
  );
}
