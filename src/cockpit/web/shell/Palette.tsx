import { useMantineColorScheme } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useDeferredValue, useEffect, useId, useState } from 'react';
import { useAsk } from '../api/ask.ts';
import { useHere, useMe } from '../api/me.ts';
import { Dialog } from '../components/Dialog.tsx';
import { useGoTo } from '../components/PageLink.tsx';
import { pages } from '../pages/pages.ts';
import { useWords } from '../words/words.tsx';
import { folded } from './folded.ts';
import styles from './Palette.module.css';
import { signOut } from './sign-out.ts';

interface Choice {
  key: string;
  group: 'pages' | 'people' | 'organisations' | 'acts';
  name: string;
  under?: string;
  act(): void;
}

const PEOPLE_SHOWN = 8;
const PEOPLE_PAGE = 'people';

/** Everything that can be gone to or done, found by typing. */
export default function Palette({ onClose, onHelp }: { onClose(): void; onHelp(): void }) {
  const { say } = useWords();
  const [text, setText] = useState('');
  const choices = useChoices(useDeferredValue(text), onHelp);
  const [at, setAt] = useState(0);
  const id = useId();
  const here = Math.min(at, Math.max(0, choices.length - 1));
  const run = (choice: Choice | undefined): void => {
    if (!choice) return;
    onClose();
    choice.act();
  };
  useEffect(() => {
    document.getElementById(`${id}${here}`)?.scrollIntoView({ block: 'nearest' });
  }, [id, here]);
  return (
    <Dialog open title={say('shell.palette.title')} bare size="top" onClose={onClose}>
      <input
        className={styles.field}
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-label={say('shell.palette.title')}
        {...(choices.length > 0 ? { 'aria-activedescendant': `${id}${here}` } : {})}
        placeholder={say('shell.palette.placeholder')}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (step !== undefined) setAt((here + step + choices.length) % Math.max(1, choices.length));
          else if (event.key === 'Enter') run(choices[here]);
          else return;
          event.preventDefault();
        }}
      />
      <div id={id} className={styles.list} role="listbox" aria-label={say('shell.palette.title')}>
        {groupsOf(choices).map(({ group, from, members }) => (
          // biome-ignore lint/a11y/useSemanticElements: a fieldset has no place in a list of choices
          <div key={group} role="group" aria-label={say(`shell.palette.group.${group}`)}>
            <p className={styles.group} aria-hidden="true">
              {say(`shell.palette.group.${group}`)}
            </p>
            {members.map((choice, index) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field hears the keys
              // biome-ignore lint/a11y/useFocusableInteractive: the field holds the focus and points at the choices
              <div
                key={choice.key}
                id={`${id}${from + index}`}
                role="option"
                aria-selected={from + index === here}
                className={styles.choice}
                onPointerMove={() => setAt(from + index)}
                onClick={() => run(choice)}
              >
                <span>{choice.name}</span>
                {choice.under && <small>{choice.under}</small>}
              </div>
            ))}
          </div>
        ))}
      </div>
      <p className={styles.none} role="status">
        {choices.length === 0 && say('shell.palette.none')}
      </p>
    </Dialog>
  );
}

/** Those that belong together, which stand beside each other already. */
function groupsOf(choices: readonly Choice[]): { group: Choice['group']; from: number; members: Choice[] }[] {
  const groups: ReturnType<typeof groupsOf> = [];
  choices.forEach((choice, index) => {
    const last = groups.at(-1);
    if (last?.group === choice.group) last.members.push(choice);
    else groups.push({ group: choice.group, from: index, members: [choice] });
  });
  return groups;
}

function useChoices(text: string, onHelp: () => void): Choice[] {
  const { say, language, speak } = useWords();
  const me = useMe();
  const here = useHere();
  const goTo = useGoTo();
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const people = useAsk(
    'GET /organisations/{organisation}/people',
    { organisation: here.id, query: { text, limit: PEOPLE_SHOWN } },
    { when: text.trim().length > 1 && here.may('see'), keep: true },
  );
  const fixed = (): Choice[] => {
    const other = language === 'fr' ? 'en' : 'fr';
    const acts: [string, string, () => void][] = [
      ['light', say('shell.palette.light'), () => setColorScheme('light')],
      ['dark', say('shell.palette.dark'), () => setColorScheme('dark')],
      ['language', other === 'fr' ? 'Parler français' : 'Speak English', () => void speak(other)],
      ['help', say('shell.help.title'), onHelp],
      ['print', say('shell.palette.print'), () => print()],
      ['sign-out', say('shell.sign-out'), () => void signOut()],
    ];
    return [
      ...pages
        .filter(({ group, may }) => group !== null && here.may(may))
        .map(
          ({ path, word }): Choice => ({
            key: `p${path}`,
            group: 'pages',
            name: say(word),
            act: () => goTo(path),
          }),
        ),
      ...(me?.organisations ?? [])
        .filter(({ id }) => id !== here.id)
        .map(
          ({ id, name }): Choice => ({
            key: `o${id}`,
            group: 'organisations',
            name,
            act: () => void navigate({ to: '/o/$organisation', params: { organisation: id } as never }),
          }),
        ),
      ...acts.map(([key, name, act]): Choice => ({ key: `a${key}`, group: 'acts', name, act })),
    ];
  };

  const wanted = folded(text.trim());
  const hasPeoplePage = pages.some(({ path }) => path === PEOPLE_PAGE);
  const found = fixed().filter(({ name }) => folded(name).includes(wanted));
  const persons =
    wanted.length > 1 && hasPeoplePage
      ? (people.data?.rows ?? []).map(
          ({ id, displayName, address }): Choice => ({
            key: `m${id}`,
            group: 'people',
            name: displayName,
            under: address,
            act: () => goTo(PEOPLE_PAGE, {}, { person: id }),
          }),
        )
      : [];
  const end = found.findIndex(({ group }) => group !== 'pages');
  return end === -1 ? [...found, ...persons] : [...found.slice(0, end), ...persons, ...found.slice(end)];
}
