import { addressOf } from '../../api/call.ts';
import { useHere } from '../../api/me.ts';
import { useWords } from '../../words/words.tsx';
import type { Line } from './lines.ts';
import styles from './page.module.css';

type As = 'pdf' | 'json';

/** Where a certificate is to be had, in the language that is shown. */
export function useFile(): (line: Pick<Line, 'of' | 'id'>, as: As) => string {
  const { id: organisation } = useHere();
  const { language } = useWords();
  return ({ of, id }, as) =>
    addressOf('GET /organisations/{organisation}/certificates/{of}/{id}', {
      ...{ organisation, of, id },
      query: as === 'pdf' ? { as, language } : { as },
    }).url;
}

interface DownloadProps {
  line: Line;
  /** In a row that opens: its panel has the same links for the keyboard. */
  inRow?: boolean;
}

/** `PDF · JSON`. */
export function Download({ line, inRow }: DownloadProps) {
  const { say } = useWords();
  const fileOf = useFile();
  const { name } = line;
  return (
    <span className={styles.files}>
      {(['pdf', 'json'] as const).map((as) => (
        <a
          key={as}
          href={fileOf(line, as)}
          download
          aria-label={say(`certificates.file.${as}-of`, { name })}
          {...(inRow ? { tabIndex: -1 } : {})}
        >
          {as.toUpperCase()}
        </a>
      ))}
    </span>
  );
}
