import { useEffect } from 'react';
import { forms } from '../forms/index.js';
import { DoubtList, type DoubtListProps } from './doubt-list.js';
import styles from './marshal.module.css';

interface QuestionProps extends DoubtListProps {
  /** What the desk said, where it asked. */
  readonly said: string | null;
  readonly onCancel: () => void;
}

/** Asked once before a run is confirmed: what becomes of the laps in doubt that change its result. It lies over the page. */
export function ConfirmQuestion({ said, onCancel, ...list }: QuestionProps) {
  useEffect(() => {
    const listen = ({ key }: KeyboardEvent) => {
      if (key === 'Escape') onCancel();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [onCancel]);
  const laps = list.doubts.map(({ lap }) => lap).join(', ');
  const one = list.doubts.length === 1;
  return (
    <section className={styles.refused} aria-label="Confirm without the laps in doubt?">
      <strong>
        {list.doubts.length === 0
          ? 'Laps are in doubt'
          : `${one ? 'Lap' : 'Laps'} ${laps} ${one ? 'is' : 'are'} in doubt and would change the result`}
      </strong>
      {list.doubts.length === 0 && said !== null ? <p>{said}</p> : null}
      <p>
        Enter again confirms <b>without</b> {one ? 'it' : 'them'}, and the log says so. Or say of each: V counts, N does
        not, J the other reading.
      </p>
      <DoubtList {...list} />
      <div className={forms.choices}>
        <button type="button" className={forms.plain} onClick={onCancel}>
          Not yet
        </button>
      </div>
    </section>
  );
}
