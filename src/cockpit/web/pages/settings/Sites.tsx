import { useAsk } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { Empty } from '../../components/Empty.tsx';
import { useInAddress } from '../../components/PageLink.tsx';
import { Wrong } from '../../components/Wrong.tsx';
import { Waiting } from '../../shell/Waiting.tsx';
import { useWords } from '../../words/words.tsx';
import { HoursInWords, placeOf } from './HoursInWords.tsx';
import styles from './page.module.css';
import { SiteForm } from './SiteForm.tsx';
import { megabitsOf, type Site } from './week.ts';

const NEW = 'new';

/** The places: what each has, or the form of one. */
export function Sites() {
  const { say } = useWords();
  const { id: organisation } = useHere();
  const { data, error, refetch } = useAsk('GET /organisations/{organisation}/sites', { organisation });
  const [open, setOpen] = useInAddress('site');
  if (error && !data) return <Wrong error={error} again={() => void refetch()} />;
  if (!data) return <Waiting />;
  const one = data.find(({ id }) => id === open) ?? null;
  if (one || open === NEW)
    return <SiteForm key={one?.id ?? NEW} site={one} onBack={() => setOpen(undefined)} />;
  const add = (
    <Button kind="primary" onClick={() => setOpen(NEW)}>
      {say('settings.site.add')}
    </Button>
  );
  if (data.length === 0)
    return (
      <Card label={say('settings.site.title')}>
        <Empty title={say('settings.site.none')} actions={add}>
          {say('settings.site.none-body')}
        </Empty>
      </Card>
    );
  return (
    <Card title={say('settings.site.title')} aside={add}>
      <p className={styles.under}>{say('settings.site.under')}</p>
      <ul className={styles.sites}>
        {data.map((site) => (
          <SiteItem key={site.id} site={site} onOpen={() => setOpen(site.id)} />
        ))}
      </ul>
    </Card>
  );
}

function SiteItem({ site, onOpen }: { site: Site; onOpen(): void }) {
  const { say, figures } = useWords();
  const { name, people, zone, lineBytesPerSecond: line } = site;
  return (
    <li>
      <div>
        <strong>{name}</strong>
        <small>
          {say('settings.site.people', { count: people, n: figures.number(people) })} · {placeOf(zone)}
        </small>
      </div>
      <HoursInWords site={site} short />
      <div className={styles.line}>
        {line === null
          ? say('settings.line.none')
          : say('settings.line.short', {
              rate: `${figures.number(megabitsOf(line))}\u202f${say('settings.line.unit')}`,
            })}
      </div>
      <Button small aria-label={say('settings.site.edit-of', { name })} onClick={onOpen}>
        {say('settings.site.edit')}
      </Button>
    </li>
  );
}
