import { SidePanel } from '../../components/SidePanel.tsx';
import { useWords } from '../../words/words.tsx';
import { detailsOf, type Entry, type Names, sentenceOf, whoOf } from './in-words.ts';
import styles from './page.module.css';

interface EntryPanelProps {
  entry: Entry;
  names: Names;
  onClose(): void;
}

/** One line of the audit, with everything that it says. */
export function EntryPanel({ entry, names, onClose }: EntryPanelProps) {
  const words = useWords();
  const { say, figures } = words;
  const details = detailsOf(entry, words, names);
  const changes = details.some(({ before }) => before !== null);
  return (
    <SidePanel
      title={sentenceOf(entry, words, names)}
      under={`${whoOf(entry, words)} · ${figures.moment(entry.atMs)}`}
      onClose={onClose}
    >
      {details.length === 0 ? (
        <p>{say('settings.audit.no-details')}</p>
      ) : (
        <table className={styles.details}>
          <caption className="visually-hidden">{say('settings.audit.details')}</caption>
          <thead>
            <tr>
              <th scope="col">{say('settings.audit.field')}</th>
              {changes && <th scope="col">{say('settings.audit.before')}</th>}
              <th scope="col">{say(changes ? 'settings.audit.after' : 'settings.audit.value')}</th>
            </tr>
          </thead>
          <tbody>
            {details.map(({ name, label, before, after }) => (
              <tr key={name}>
                <th scope="row">{label}</th>
                {changes && <td>{before ?? say('settings.audit.nothing')}</td>}
                <td>{after}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className={styles.code}>
        {say('settings.audit.code')} <code>{entry.action}</code>
      </p>
    </SidePanel>
  );
}
