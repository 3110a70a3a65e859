import { useQueryClient } from '@tanstack/react-query';
import { Outlet, useNavigate, useParams, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useAsk } from '../api/ask.ts';
import { hearEvents, useConnected } from '../api/live.ts';
import { Wrong } from '../components/Wrong.tsx';
import { useWords } from '../words/words.tsx';
import { hearKeys } from './keys.ts';
import { Missing } from './Missing.tsx';
import { Navigation } from './Navigation.tsx';
import styles from './Shell.module.css';
import { Waiting } from './Waiting.tsx';

const Palette = lazy(() => import('./Palette.tsx'));
const Help = lazy(() => import('./Help.tsx'));

type Over = 'palette' | 'help' | null;

/** The frame of every page of an organisation. */
export function Shell() {
  const { say } = useWords();
  const { organisation = '' } = useParams({ strict: false }) as { organisation?: string };
  const { data: me, error, refetch } = useAsk('GET /me', {});
  const [over, setOver] = useState<Over>(null);
  const [menu, setMenu] = useState(false);
  const main = useRef<HTMLElement>(null);
  const known = me?.organisations.some(({ id }) => id === organisation) ?? false;
  useEvents(known ? organisation : null);
  useOwnLanguage(me?.language);
  useNewPage(() => {
    setMenu(false);
    main.current?.focus({ preventScroll: true });
  });
  const navigate = useNavigate();
  useEffect(
    () =>
      hearKeys({
        palette: () => setOver('palette'),
        help: () => setOver('help'),
        goTo: (path) => void navigate({ to: `/o/$organisation/${path}`, params: { organisation } as never }),
      }),
    [navigate, organisation],
  );

  if (me && !known) return <Missing />;
  return (
    <div className={styles.shell} data-menu={menu || undefined}>
      <a className={styles.skip} href="#main">
        {say('shell.skip')}
      </a>
      <Navigation
        open={menu}
        onMenu={setMenu}
        onPalette={() => setOver('palette')}
        onHelp={() => setOver('help')}
      />
      <div className={styles.side}>
        <ConnectionBar />
        <main id="main" ref={main} tabIndex={-1} className={styles.main}>
          {me ? (
            <Suspense fallback={<Waiting />}>
              <Outlet />
            </Suspense>
          ) : error ? (
            <Wrong error={error} again={() => void refetch()} />
          ) : (
            <Waiting />
          )}
        </main>
      </div>
      <Suspense fallback={null}>
        {over === 'palette' && <Palette onClose={() => setOver(null)} onHelp={() => setOver('help')} />}
        {over === 'help' && <Help onClose={() => setOver(null)} />}
      </Suspense>
    </div>
  );
}

function ConnectionBar() {
  const { say } = useWords();
  const connected = useConnected();
  return (
    <div role="status" aria-live="polite">
      {!connected && <p className={styles.lost}>{say('shell.lost')}</p>}
    </div>
  );
}

function useEvents(organisation: string | null): void {
  const client = useQueryClient();
  useEffect(
    () => (organisation === null ? undefined : hearEvents(organisation, client)),
    [organisation, client],
  );
}

/** The operator's own language, once it is known; what they choose after that stays until they come again. */
function useOwnLanguage(own: 'fr' | 'en' | undefined): void {
  const { language, speak } = useWords();
  const followed = useRef<string>(undefined);
  useEffect(() => {
    if (own === undefined || followed.current === own) return;
    followed.current = own;
    if (own !== language) void speak(own);
  }, [own, language, speak]);
}

/** After going to another page, the keyboard starts at its beginning. */
function useNewPage(then: () => void): void {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const before = useRef(path);
  const latest = useRef(then);
  latest.current = then;
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    latest.current();
  }, [path]);
}
