import styles from './online.module.css';
import type { StatusView } from './status-words.js';

/** What a submission is now, and why. */
export const Status = ({ view: { text, detail, tone } }: { readonly view: StatusView }) => (
  <>
    <b className={styles.status} data-tone={tone} role="status">
      {text}
    </b>
    {detail === null ? '' : `: ${detail}`}
  </>
);
