import {
  ActionIcon,
  AppShell,
  Button,
  Group,
  Menu,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { Link, useLocation, useSearch } from 'wouter';
import { useServiceRole } from '../http/index.js';
import { type Language, language, languages, switchLanguage, words } from '../words/index.js';
import { useFocusRules } from './focus.js';
import { LinkStatus, StaleBanner, StorageBanner } from './link-status.js';
import styles from './shell.module.css';

const pages = [
  { href: '/', name: words.common.race, owns: /^\/($|races)/ },
  // On phones other pages lead there: a third row of links would leave little of the screen.
  { href: '/events', name: words.shell.events, owns: /^\/events/, wide: true },
  { href: '/online', name: words.shell.online, owns: /^\/(online|invitation)/ },
  { href: '/boards', name: words.shell.boards, owns: /^\/(boards|seasons|statistics|racers)/ },
  { href: '/cars', name: words.common.cars, owns: /^\/cars/ },
  { href: '/marshal', name: words.shell.marshal, owns: /^\/marshal/ },
  { href: '/organizer', name: words.shell.setup, owns: /^\/(organizer|held|tracks)/ },
] as const;

/** Where there is a leaderboard and no track. */
const leaderboardPages = [
  { href: '/boards', name: words.shell.boards, owns: /^\/($|boards|seasons|statistics|racers)/ },
  { href: '/held', name: words.common.resultsThatWait, owns: /^\/held/ },
] as const;

/** What is shown to a hall or mixed into a picture, as is any page with `?mode=show`: nobody goes anywhere from there. */
const bare = /^\/events\/[^/]+\/(screen|overlay)$/;

interface ShellProps {
  /** Beside the links to the pages. */
  readonly aside: ReactNode;
  readonly children: ReactNode;
}

/** What is round every page. */
export function Shell({ aside, children }: ShellProps) {
  useFocusRules();
  const [location] = useLocation();
  const isShow = new URLSearchParams(useSearch()).get('mode') === 'show';
  const role = useServiceRole();
  const main = useRef<HTMLElement>(null);
  const last = useRef(location);
  useEffect(() => {
    if (last.current === location) return;
    last.current = location;
    // Who reads with ears or keys begins at the new page, not where the link was.
    main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [location]);
  if (bare.test(location) || isShow)
    return (
      <main ref={main} id="main" tabIndex={-1} className={isShow ? styles.show : undefined}>
        {children}
      </main>
    );
  return (
    <AppShell withBorder={false} className={styles.shell}>
      <Button
        className={styles.skip}
        pos="absolute"
        left="1rem"
        top="0.5rem"
        style={{ zIndex: 500 }}
        onClick={() => main.current?.focus()}
      >
        {words.shell.toThePage}
      </Button>
      <AppShell.Header className={styles.header} data-shell>
        <Group component={Link} {...{ href: '/' }} aria-label="Pitwall" gap="xs" fz="1.15rem" fw={800} td="none">
          <svg viewBox="0 0 32 32" width="1.7rem" height="1.7rem" aria-hidden="true">
            <path d="M7 26V8h9.500a6.500 6.500 0 0 1 0 13H11" fill="none" stroke="currentColor" strokeWidth="4" />
            <circle cx="24" cy="25" r="3.6" fill="var(--accent)" />
          </svg>
          <span data-wide>Pitwall</span>
        </Group>
        <nav className={styles.nav} aria-label={words.shell.pages}>
          {(role === 'leaderboard' ? leaderboardPages : pages).map((page) => {
            const { href, name, owns } = page;
            const isHere = owns.test(location);
            return (
              <Button
                key={href}
                component={Link}
                href={href}
                variant={isHere ? 'default' : 'transparent'}
                px="min(0.7rem, 1.1vw)"
                fz="min(0.9rem, 3.1vw)"
                flex="none"
                data-wide={'wide' in page || undefined}
                c={isHere ? 'var(--ink)' : 'dimmed'}
                aria-current={isHere ? 'page' : undefined}
              >
                {name}
              </Button>
            );
          })}
        </nav>
        <Group ml="auto" gap="xs" wrap="nowrap">
          {aside}
          {role === 'all' ? <LinkStatus /> : null}
          <HelpLink />
          <LanguageSwitch />
          <SchemeSwitch />
        </Group>
      </AppShell.Header>
      <AppShell.Main ref={main} id="main" tabIndex={-1} className={styles.main}>
        {role === 'all' ? <StaleBanner /> : null}
        <StorageBanner />
        {children}
      </AppShell.Main>
    </AppShell>
  );
}

/** Beside the page, not instead of it: who looks something up while a car drives keeps the desk. */
const HelpLink = () => (
  <ActionIcon
    component="a"
    href="/docs/"
    target="_blank"
    variant="default"
    size="lg"
    fw={700}
    aria-label={words.shell.help}
    title={words.shell.help}
  >
    ?
  </ActionIcon>
);

function LanguageSwitch() {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon
          variant="default"
          size="lg"
          fz="0.8rem"
          fw={700}
          aria-label={`${language.toUpperCase()} · ${words.shell.languageOfThePages}`}
        >
          {language.toUpperCase()}
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {Object.entries(languages).map(([code, name]) => (
          <Menu.Item
            key={code}
            lang={code}
            aria-current={code === language || undefined}
            onClick={() => switchLanguage(code as Language)}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('dark');
  const other = scheme === 'dark' ? 'light' : 'dark';
  return (
    <ActionIcon
      variant="default"
      size="lg"
      aria-label={other === 'light' ? words.shell.lightColours : words.shell.darkColours}
      onClick={() => setColorScheme(other)}
    >
      <svg viewBox="0 0 24 24" width="1.2rem" height="1.2rem" aria-hidden="true">
        <path d="M12 3a9 9 0 1 0 0 18Z" fill="currentColor" />
        <circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" strokeWidth="2" />
      </svg>
    </ActionIcon>
  );
}
