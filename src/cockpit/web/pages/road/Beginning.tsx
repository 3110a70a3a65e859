import { addressOf } from '../../api/call.ts';
import { useHere } from '../../api/me.ts';
import { buttonClass } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { Empty } from '../../components/Empty.tsx';
import { PageLink } from '../../components/PageLink.tsx';
import { useWords } from '../../words/words.tsx';
import { hasPage } from '../pages.ts';
import { Head, type Road } from './Head.tsx';
import styles from './page.module.css';
import { Todos } from './Todos.tsx';

/** An organisation without anybody yet: what belongs here, and the first action. */
export function Beginning({ road }: { road: Road }) {
  const { say, language } = useWords();
  const { id: organisation, may } = useHere();
  const template = addressOf('GET /organisations/{organisation}/import/template', {
    organisation,
    query: { language },
  });
  return (
    <>
      <Head road={road} />
      <div className={styles.columns}>
        <Card label={say('road.empty.title')}>
          <Empty
            title={say('road.empty.title')}
            actions={
              <>
                {hasPage('import') && may('import') && (
                  <PageLink to="import" className={buttonClass('primary')}>
                    {say('road.empty.import')}
                  </PageLink>
                )}
                <a href={template.url} download className={buttonClass()}>
                  {say('road.empty.example')}
                </a>
              </>
            }
          >
            {say('road.empty.body')}
          </Empty>
        </Card>
        <Todos todos={road.todo} />
      </div>
    </>
  );
}
