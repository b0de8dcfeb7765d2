import { useState } from 'react';
import { forms } from '../forms/index.js';
import type { LapToSplit } from './crossing-choice.js';
import styles from './marshal.module.css';

interface SplitFormProps {
  readonly split: LapToSplit;
  readonly onSplit: (parts: number) => void;
  readonly onCancel: () => void;
}

/** Asks into how many laps one is split, between which the gate missed the car. Enter takes what is there. */
export function SplitForm({ split, onSplit, onCancel }: SplitFormProps) {
  const [parts, setParts] = useState(String(split.parts));
  const count = Number(parts);
  const isGood = Number.isInteger(count) && count >= 2 && count <= split.most;
  return (
    <form
      className={`${forms.fields} ${styles.refused}`}
      aria-label={`Split lap ${split.lap}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (isGood) onSplit(count);
      }}
      onKeyDown={({ key }) => {
        if (key === 'Escape') onCancel();
      }}
    >
      <strong>Split lap {split.lap}: the gate missed the car</strong>
      <label>
        Into how many laps
        <input
          // biome-ignore lint/a11y/noAutofocus: it was asked for this very moment
          autoFocus
          type="number"
          min={2}
          max={split.most}
          value={parts}
          onFocus={({ target }) => target.select()}
          onChange={({ target }) => setParts(target.value)}
        />
      </label>
      <div className={forms.choices}>
        <button type="submit" className={forms.primary} disabled={!isGood}>
          Split it
        </button>
        <button type="button" className={forms.plain} onClick={onCancel}>
          Leave it
        </button>
      </div>
    </form>
  );
}
