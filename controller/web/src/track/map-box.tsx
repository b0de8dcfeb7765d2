import type { ReactNode } from 'react';
import styles from './track-map.module.css';

/** Where a map lies on a page. */
export const MapBox = ({ children }: { readonly children: ReactNode }) => <div className={styles.box}>{children}</div>;
