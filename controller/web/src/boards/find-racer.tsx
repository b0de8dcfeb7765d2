import { Button, Group, Stack, Text } from '@mantine/core';
import { parse, type RacerId } from '@pitwall/protocol';
import { Place, RacersCalled } from '@pitwall/protocol/api';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Form, TextField } from '../forms/index.js';
import { get } from '../http/index.js';
import { Columns, Panel } from '../shell/index.js';
import { words } from '../words/index.js';
import { PlaceTable } from './column.js';
import { type Part, partQuery } from './read-standings.js';

const titles: Record<Place['column'], string> = {
  physical: words.boards.onTheTrack,
  virtual: words.boards.virtual,
  combined: words.boards.bothKinds,
};

/** Whom somebody looks for, by name. */
export function FindForm({ onFind }: { readonly onFind: (called: string) => void }) {
  const [typed, setTyped] = useState('');
  return (
    <Form label={words.boards.aRacersPlace} onSubmit={() => onFind(typed.trim())}>
      <Group gap="xs" align="end">
        <TextField
          label={words.common.racer}
          maxLength={64}
          placeholder={words.boards.name}
          value={typed}
          onValue={setTyped}
        />
        <Button type="submit" variant="default" size="md">
          {words.boards.find}
        </Button>
      </Group>
    </Form>
  );
}

interface FoundProps {
  readonly board: string;
  readonly part: Part;
  /** The beginning of a name; '' for nobody. */
  readonly called: string;
  readonly onClose: () => void;
}

/** The place in each column of who is called so, with those just above and below. */
export function FoundRacers({ board, part, called, onClose }: FoundProps) {
  const [chosen, setChosen] = useState<RacerId | null>(null);
  const found = useCalled(board, called);
  const one = chosen ?? (found.data?.length === 1 ? found.data[0]?.racer : undefined) ?? '';
  const { data: places, error: placesError } = usePlaces(board, one, part);
  const error = found.error ?? placesError;
  if (called === '' || (found.data === undefined && error === null)) return null;
  return (
    <Stack role="status" mb="md">
      {error === null ? null : <Text>{error.message}</Text>}
      {found.data?.length === 0 ? <Text>{words.boards.nobodyHereIs(called)}</Text> : null}
      <Group gap="xs">
        {(found.data ?? []).length > 1 && chosen === null
          ? found.data?.map(({ racer, alias }) => (
              <Button variant="default" size="xs" key={racer} onClick={() => setChosen(racer)}>
                {alias}
              </Button>
            ))
          : null}
        <Button variant="default" size="xs" onClick={onClose}>
          {words.boards.close}
        </Button>
      </Group>
      {places?.length === 0 ? <Text>{words.boards.hasNoPlaceHere(called)}</Text> : null}
      <Columns>
        {places?.map(({ column, of, row, above, below }) => (
          <Panel key={column} title={words.boards.place(titles[column], row.rank)} aside={words.boards.ofValue(of)}>
            <PlaceTable board={board} rows={[...above, row, ...below]} best={row.score} sought={row.racer} />
          </Panel>
        ))}
      </Columns>
    </Stack>
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
