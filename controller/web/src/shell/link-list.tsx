import type { ReactNode } from 'react';
import styles from './link-list.module.css';

/** Large links one below the other, to choose from. Each child is a list item with a link. */
export const LinkList = ({ children }: { readonly children: ReactNode }) => <ul className={styles.list}>{children}</ul>;
