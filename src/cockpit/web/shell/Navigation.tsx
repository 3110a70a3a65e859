import { useMantineColorScheme } from '@mantine/core';
import { Link, useParams, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useAct, useAsk } from '../api/ask.ts';
import { useHere, useMe } from '../api/me.ts';
import { PageLink } from '../components/PageLink.tsx';
import { groups, type PageFacts, pages } from '../pages/pages.ts';
import { useWords } from '../words/words.tsx';
import { LanguageSwitch } from './LanguageSwitch.tsx';
import styles from './Navigation.module.css';
import { Mark } from './Outside.tsx';
import { signOut } from './sign-out.ts';

interface NavigationProps {
  /** On a phone: whether it is unfolded. */
  open: boolean;
  onMenu(open: boolean): void;
  onPalette(): void;
  onHelp(): void;
}

/** On the left; on a phone a bar at the top that unfolds. */
export function Navigation({ open, onMenu, onPalette, onHelp }: NavigationProps) {
  const { say } = useWords();
  const here = useHere();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (open) list.current?.querySelector('a')?.focus();
  }, [open]);
  return (
    <nav
      className={styles.nav}
      aria-label={say('shell.nav.label')}
      data-open={open || undefined}
      onKeyDown={(event) => {
        if (open && event.key === 'Escape') onMenu(false);
      }}
    >
      <div className={styles.top}>
        <Link to="/" className={styles.brand}>
          <Mark />
          Malleposte
        </Link>
        <button
          type="button"
          className={styles.menu}
          aria-expanded={open}
          aria-controls="navigation"
          onClick={() => onMenu(!open)}
        >
          {say(open ? 'shell.close' : 'shell.nav.menu')}
        </button>
      </div>
      <div id="navigation" className={styles.list} ref={list}>
        {groups.map((group) => (
          <Group key={group} group={group} />
        ))}
        <div className={styles.foot}>
          <button type="button" className={styles.search} onClick={onPalette}>
            <span>{say('shell.palette.open')}</span>
            <kbd>{/Mac|iP/.test(navigator.platform) ? '⌘' : 'Ctrl'} K</kbd>
          </button>
          <Self onHelp={onHelp} role={here.role} />
        </div>
      </div>
    </nav>
  );
}

function Group({ group }: { group: (typeof groups)[number] }) {
  const { say } = useWords();
  const here = useHere();
  const shown = pages.filter((page) => page.group === group && here.may(page.may));
  if (shown.length === 0) return null;
  const links = shown.map((page) => <Item key={page.path} page={page} />);
  if (group === 'road') return <ul>{links}</ul>;
  return (
    <>
      <h2 id={`nav-${group}`}>{say(`shell.nav.group.${group}`)}</h2>
      <ul aria-labelledby={`nav-${group}`}>{links}</ul>
    </>
  );
}

function Item({ page }: { page: PageFacts }) {
  const { say, figures } = useWords();
  const { organisation = '' } = useParams({ strict: false }) as { organisation?: string };
  const here = useHere();
  const { data: road } = useAsk(
    'GET /organisations/{organisation}/road',
    { organisation },
    { when: page.count !== undefined && here.may('see') },
  );
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const own = `/o/${organisation}${page.path && `/${page.path}`}`;
  const on = page.path === '' ? path.replace(/\/$/, '') === own : `${path}/`.startsWith(`${own}/`);
  const count = (road && page.count?.(road)) || 0;
  return (
    <li>
      <PageLink to={page.path} className={styles.link} {...(on ? { 'aria-current': 'page' as const } : {})}>
        <span>{say(page.word)}</span>
        {count > 0 && <small>{figures.number(count)}</small>}
      </PageLink>
    </li>
  );
}

const SCHEMES = ['auto', 'light', 'dark'] as const;

/** Who is signed in, and how they like to see it. */
function Self({ onHelp, role }: { onHelp(): void; role: string }) {
  const { say, sayIfKnown } = useWords();
  const me = useMe();
  const { act } = useAct('PATCH /me');
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const next = SCHEMES[(SCHEMES.indexOf(colorScheme) + 1) % SCHEMES.length] ?? 'auto';
  return (
    <div className={styles.self}>
      <p>
        <strong>{me?.name}</strong>
        <br />
        {sayIfKnown(`shell.role.${role}`, role)}
      </p>
      {/* What cannot be remembered at the server is still shown here. */}
      <LanguageSwitch onSpeak={(language) => void act({ body: { language } }).catch(() => {})} />
      <div className={styles.acts}>
        <button type="button" onClick={() => setColorScheme(next)}>
          {say(`shell.scheme.${colorScheme}`)}
        </button>
        <button type="button" onClick={onHelp}>
          {say('shell.help.open')}
        </button>
        <button type="button" onClick={() => void signOut()}>
          {say('shell.sign-out')}
        </button>
      </div>
    </div>
  );
}
