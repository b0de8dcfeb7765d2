import type { StandingsRow } from '@pitwall/protocol/api';
import { type FormEvent, useId, useState } from 'react';
import { forms } from '../forms/index.js';
import styles from './board-page.module.css';
import { type Part, wholeBoard } from './read-standings.js';

interface PartFormProps {
  readonly part: Part;
  /** What is shown: the countries and divisions in it are offered. */
  readonly rows: readonly StandingsRow[];
  readonly onPart: (part: Part) => void;
}

const named = (names: readonly (string | undefined)[]): string[] =>
  [...new Set(names)].filter((name) => name !== undefined).sort();

/** Which part of the board to show: one country, one division. */
export function PartForm({ part, rows, onPart }: PartFormProps) {
  const [wanted, setWanted] = useState(part);
  const [countries, divisions] = [useId(), useId()];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onPart({ country: wanted.country.trim().toUpperCase(), division: wanted.division.trim() });
  };
  const isWhole = part.country === '' && part.division === '';
  return (
    <form className={styles.part} onSubmit={submit} aria-label="Part of the board">
      <label className={forms.inline}>
        Country
        <input
          list={countries}
          maxLength={2}
          pattern="[A-Za-z]{2}"
          title="A country code of two letters"
          placeholder="all"
          value={wanted.country}
          onChange={({ target }) => setWanted({ ...wanted, country: target.value })}
        />
      </label>
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
      <Names id={countries} names={named(rows.map(({ country }) => country))} />
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
