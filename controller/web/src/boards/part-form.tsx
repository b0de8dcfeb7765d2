import type { StandingsRow } from '@pitwall/protocol/api';
import { type FormEvent, useId, useState } from 'react';
import { Country, forms } from '../forms/index.js';
import styles from './board-page.module.css';
import { type Part, wholeBoard } from './read-standings.js';

interface PartFormProps {
  readonly part: Part;
  /** What is shown: the divisions in it are offered. */
  readonly rows: readonly StandingsRow[];
  readonly onPart: (part: Part) => void;
}

const named = (names: readonly (string | undefined)[]): string[] =>
  [...new Set(names)].filter((name) => name !== undefined).sort();

/** Which part of the board to show: one country, one division. */
export function PartForm({ part, rows, onPart }: PartFormProps) {
  const [wanted, setWanted] = useState(part);
  const divisions = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onPart({ country: wanted.country, division: wanted.division.trim() });
  };
  const isWhole = part.country === '' && part.division === '';
  return (
    <form className={styles.part} onSubmit={submit} aria-label="Part of the board">
      <Country
        className={forms.inline}
        none="all"
        value={wanted.country}
        onValue={(country) => setWanted({ ...wanted, country })}
      />
      <label className={forms.inline}>
        Division
        <input
          list={divisions}
          maxLength={40}
          placeholder="all"
          value={wanted.division}
          onChange={({ target }) => setWanted({ ...wanted, division: target.value })}
        />
      </label>
      <Names id={divisions} names={named(rows.map(({ division }) => division))} />
      <button type="submit" className={forms.plain}>
        Show
      </button>
      {isWhole ? null : (
        <button type="button" className={forms.plain} onClick={() => onPart(wholeBoard)}>
          The whole board
        </button>
      )}
    </form>
  );
}

const Names = ({ id, names }: { readonly id: string; readonly names: readonly string[] }) => (
  <datalist id={id}>
    {names.map((name) => (
      <option key={name} value={name} />
    ))}
  </datalist>
);
