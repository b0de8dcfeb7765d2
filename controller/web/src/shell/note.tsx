import type { ReactNode } from 'react';
import styles from './shell.module.css';

/** What a page says where it has nothing to show. */
export function Note({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className={styles.note} role="status">
      <strong>{title}</strong>
      {children}
    </div>
  );
}

/** Says loudly that what is shown may not be what is. */
export const Banner = ({ children }: { readonly children: ReactNode }) => (
  <p className={styles.banner} role="alert">
    {children}
  </p>
);

export function Panel(props: { readonly title: string; readonly aside?: ReactNode; readonly children: ReactNode }) {
  return (
    <section className={styles.panel} aria-label={props.title}>
      <h2 className={styles.heading}>
        {props.title}
        {props.aside === undefined ? null : <span>{props.aside}</span>}
      </h2>
      {props.children}
    </section>
  );
}
