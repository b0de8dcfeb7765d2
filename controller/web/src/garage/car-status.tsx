import styles from './car-status.module.css';
import type { Said } from './car-words.js';

/** Beside the colour, for who does not see it. */
const signs: Readonly<Record<Said['tone'], string>> = { good: '✓', warn: '!', bad: '✗', unknown: '?' };

/** How a car is, as a sentence that is read from two metres away. */
export const CarSays = ({ said: { words, tone } }: { readonly said: Said }) => (
  <p className={styles.says} data-tone={tone}>
    {words}
  </p>
);

/** One thing that a run needs, and how it is. */
export const Chip = ({ name, said: { words, tone } }: { readonly name: string; readonly said: Said }) => (
  <li className={styles.chip} data-tone={tone}>
    <b aria-hidden="true">{signs[tone]}</b>
    <span>
      {name}: <span>{words}</span>
    </span>
  </li>
);

export const Chips = ({ children }: { readonly children: React.ReactNode }) => (
  <ul className={styles.chips}>{children}</ul>
);
