import { Tabs } from '@mantine/core';
import { useInAddress } from '../../components/PageLink.tsx';
import { PageTitle } from '../../components/PageTitle.tsx';
import { useWords } from '../../words/words.tsx';
import { NoticeSettings } from './Notices.tsx';
import { OrganisationSettings } from './OrganisationForm.tsx';
import styles from './page.module.css';
import { Sites } from './Sites.tsx';

const PARTS = ['organisation', 'sites', 'notices'] as const;
type Part = (typeof PARTS)[number];

/** What is set for an organisation, in three parts. */
export default function SettingsPage() {
  const { say } = useWords();
  const [asked, setPart] = useInAddress('part');
  const [site] = useInAddress('site');
  const part: Part = PARTS.find((one) => one === asked) ?? (site ? 'sites' : 'organisation');
  return (
    <>
      <PageTitle title={say('settings.title')} />
      <Tabs
        value={part}
        onChange={(next) => setPart(next ?? undefined)}
        keepMounted={false}
        className={styles.tabs}
      >
        <Tabs.List aria-label={say('settings.parts')}>
          {PARTS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {say(`settings.part.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="organisation">
          <OrganisationSettings />
        </Tabs.Panel>
        <Tabs.Panel value="sites">
          <Sites />
        </Tabs.Panel>
        <Tabs.Panel value="notices">
          <NoticeSettings />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
