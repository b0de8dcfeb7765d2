import { parse } from '@pitwall/protocol';
import { Place } from '@pitwall/protocol/api';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { forms } from '../forms/index.js';
import { get } from '../http/index.js';
import styles from './board-page.module.css';
import { Box, Rows } from './column.js';
import { type Part, partQuery } from './read-standings.js';

const titles: Record<Place['column'], string> = {
  physical: 'On the track',
  virtual: 'Virtual',
  combined: 'Both kinds',
};

/** Looks a racer up by id: the place in each column, with those just above and below. */
export function FindRacer({ board, part }: { readonly board: string; readonly part: Part }) {
  const [typed, setTyped] = useState('');
  const [sought, setSought] = useState('');
  const { data: places, error } = usePlaces(board, sought, part);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setSought(typed.trim().toLowerCase());
  };
  const close = () => {
    setTyped('');
    setSought('');
  };
  return (
    <>
      <form className={styles.part} onSubmit={submit} aria-label="A racer’s place">
        <label className={forms.inline}>
          Racer’s id
          <input maxLength={63} spellCheck={false} value={typed} onChange={({ target }) => setTyped(target.value)} />
        </label>
        <button type="submit" className={forms.plain}>
          Find
        </button>
        {sought === '' ? null : (
          <button type="button" className={forms.plain} onClick={close}>
            Close
          </button>
        )}
      </form>
      {sought === '' || (places === undefined && error === null) ? null : (
        <div className={styles.found} role="status">
          {error === null ? null : <p>{error.message}</p>}
          {places?.length === 0 ? <p>“{sought}” has no place here.</p> : null}
          {places?.map(({ column, of, row, above, below }) => (
            <Box key={column} title={`${titles[column]}: place ${row.rank}`} aside={`of ${of}`}>
              <Rows rows={[...above, row, ...below]} best={row.score} sought={row.racer} />
            </Box>
          ))}
        </div>
      )}
    </>
  );
}

function usePlaces(board: string, racer: string, part: Part) {
  return useQuery({
    // Read anew with the standings, when the board changes.
    queryKey: ['standings', board, 'place', racer, part],
    enabled: racer !== '',
    retry: false,
    queryFn: ({ signal }) =>
      get(
        `/api/v1/leaderboards/${encodeURIComponent(board)}/racers/${encodeURIComponent(racer)}${partQuery(part)}`,
        (value) => (value as { places: unknown[] }).places.map((place) => parse(Place, place, `The place of ${racer}`)),
        signal,
      ),
  });
}
