import './theme/mantine.js';
import { MantineProvider } from '@mantine/core';
import { isPitwallError } from '@pitwall/protocol';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { LiveProvider } from './live/index.js';
import { Pages } from './pages.js';
import { ReviewLink } from './review/index.js';
import { AccountMenu } from './session/index.js';
import { Shell } from './shell/index.js';
import { theme } from './theme/theme.js';
import { language } from './words/index.js';

/** What the server refuses it will refuse again: that is said at once. */
const retry = (count: number, error: Error): boolean =>
  count < 2 && !(isPitwallError(error) && error.code !== 'internal-error');

// The controller may be on this very computer: it is asked even where the browser says that there is no network.
const queries = new QueryClient({
  defaultOptions: { queries: { retry, refetchOnReconnect: true, networkMode: 'always' } },
});

document.documentElement.lang = language;

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    {/* Its variables and classes are in style sheets: the policy of the pages allows no style elements. */}
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={queries}>
        <LiveProvider>
          <Shell
            aside={
              <>
                <ReviewLink />
                <AccountMenu />
              </>
            }
          >
            <Pages />
          </Shell>
        </LiveProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
