import type { ReactNode } from 'react';
import styles from './shell.module.css';

interface TitleProps {
  readonly children: ReactNode;
  /** Beside it, or below where there is no room: what more there is to say, or where to go from here. */
  readonly aside?: ReactNode;
}

/** What a page is about. */
export function Title({ children, aside }: TitleProps) {
  return (
    <div className={styles.title}>
      <h1>{children}</h1>
      {aside}
    </div>
  );
}

/** A page to be read line by line: no wider than lines should be. */
export const Narrow = ({ children }: { readonly children: ReactNode }) => (
  <div className={styles.narrow}>{children}</div>
);
