import './theme/fonts.css';
import './theme/mantine.css';
import './theme/colours.css';
import './theme/base.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { askAhead } from './api/ahead.ts';
import { queryClient, whenSignedOut } from './api/ask.ts';
import { ConfirmProvider } from './components/Confirm.tsx';
import { NoticeProvider } from './components/Notice.tsx';
import { router, toSignIn } from './router.tsx';
import { theme } from './theme/theme.ts';
import { firstLanguage, loadWords, WordsProvider } from './words/words.tsx';

whenSignedOut(toSignIn);

const language = firstLanguage();
const words = loadWords(language);
askAhead(location.pathname);
void router.load();
await words;
createRoot(document.getElementById('cockpit')!).render(
  // Without style elements: the policy of the server allows none.
  <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
    <QueryClientProvider client={queryClient}>
      <WordsProvider language={language}>
        <NoticeProvider>
          <ConfirmProvider>
            <RouterProvider router={router} />
          </ConfirmProvider>
        </NoticeProvider>
      </WordsProvider>
    </QueryClientProvider>
  </MantineProvider>,
);
