import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useServiceRole } from '../http/index.js';
import { LinkStatus, StaleBanner, StorageBanner } from './link-status.js';
import styles from './shell.module.css';

const pages = [
  { href: '/', name: 'Race', owns: /^\/($|races)/ },
  { href: '/online', name: 'Online', owns: /^\/(online|invitation)/ },
  { href: '/boards', name: 'Boards', owns: /^\/(boards|seasons)/ },
  { href: '/cars', name: 'Cars', owns: /^\/cars/ },
  { href: '/marshal', name: 'Marshal', owns: /^\/marshal/ },
  { href: '/organizer', name: 'Setup', owns: /^\/(organizer|held)/ },
] as const;

/** Where there is a leaderboard and no track. */
const leaderboardPages = [
  { href: '/boards', name: 'Boards', owns: /^\/($|boards|seasons)/ },
  { href: '/held', name: 'Results that wait', owns: /^\/held/ },
] as const;

interface ShellProps {
  /** Beside the links to the pages. */
  readonly aside: ReactNode;
  readonly children: ReactNode;
}

/** What is round every page. */
export function Shell({ aside, children }: ShellProps) {
  const [location] = useLocation();
  const role = useServiceRole();
  return (
    <div className={styles.shell}>
      <header className={styles.bar}>
        <Link href="/" className={styles.mark}>
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <path d="M7 26V8h9.500a6.500 6.500 0 0 1 0 13H11" fill="none" stroke="currentColor" strokeWidth="4" />
            <circle cx="24" cy="25" r="3.6" fill="var(--accent)" />
          </svg>
          <span>Pitwall</span>
        </Link>
        <nav className={styles.nav} aria-label="Pages">
          {(role === 'leaderboard' ? leaderboardPages : pages).map(({ href, name, owns }) => (
            <Link key={href} href={href} {...(owns.test(location) ? { 'aria-current': 'page' as const } : {})}>
              {name}
            </Link>
          ))}
        </nav>
        <div className={styles.right}>
          {aside}
          {role === 'all' ? <LinkStatus /> : null}
          <SchemeSwitch />
        </div>
      </header>
      {role === 'all' ? <StaleBanner /> : null}
      <StorageBanner />
      <main className={styles.main}>{children}</main>
    </div>
  );
}

function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('dark');
  const other = scheme === 'dark' ? 'light' : 'dark';
  return (
    <button
      type="button"
      className={styles.icon}
      aria-label={`Switch to ${other} colours`}
      onClick={() => setColorScheme(other)}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d="M12 3a9 9 0 1 0 0 18Z" fill="currentColor" />
        <circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" strokeWidth="2" />
      </svg>
    </button>
  );
}
