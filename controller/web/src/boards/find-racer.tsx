import { parse, type RacerId } from '@pitwall/protocol';
import { Place, RacersCalled } from '@pitwall/protocol/api';
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

/** Looks a racer up by name: the place in each column, with those just above and below. */
export function FindRacer({ board, part }: { readonly board: string; readonly part: Part }) {
  const [typed, setTyped] = useState('');
  const [called, setCalled] = useState('');
  const [chosen, setChosen] = useState<RacerId | null>(null);
  const found = useCalled(board, called);
  const one = chosen ?? (found.data?.length === 1 ? found.data[0]?.racer : undefined) ?? '';
  const { data: places, error: placesError } = usePlaces(board, one, part);
  const error = found.error ?? placesError;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChosen(null);
    setCalled(typed.trim());
  };
  const close = () => {
    setTyped('');
    setChosen(null);
    setCalled('');
  };
  return (
    <>
      <form className={styles.part} onSubmit={submit} aria-label="A racer’s place">
        <label className={forms.inline}>
          Racer
          <input
            maxLength={64}
            placeholder="name"
            spellCheck={false}
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
          />
        </label>
        <button type="submit" className={forms.plain}>
          Find
        </button>
        {called === '' ? null : (
          <button type="button" className={forms.plain} onClick={close}>
            Close
          </button>
        )}
      </form>
      {called === '' || (found.data === undefined && error === null) ? null : (
        <div className={styles.found} role="status">
          {error === null ? null : <p>{error.message}</p>}
          {found.data?.length === 0 ? <p>Nobody here is called “{called}”.</p> : null}
          {(found.data ?? []).length > 1 && chosen === null ? (
            <p>
              {found.data?.map(({ racer, alias }) => (
                <button key={racer} type="button" className={forms.small} onClick={() => setChosen(racer)}>
                  {alias}
                </button>
              ))}
            </p>
          ) : null}
          {places?.length === 0 ? <p>“{called}” has no place here.</p> : null}
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

/** Whose name begins with what was typed. */
function useCalled(board: string, called: string) {
  return useQuery({
    queryKey: ['called', board, called],
    enabled: called !== '',
    retry: false,
    queryFn: ({ signal }) =>
      get(
        `/api/v1/leaderboards/${encodeURIComponent(board)}/racers?called=${encodeURIComponent(called)}`,
        (value) => parse(RacersCalled, value, `Who is called ${called}`).racers,
        signal,
      ),
  });
}
