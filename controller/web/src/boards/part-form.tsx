import { Button, Group } from '@mantine/core';
import type { StandingsRow } from '@pitwall/protocol/api';
import { useId, useState } from 'react';
import { Country, Form, TextField } from '../forms/index.js';
import { words } from '../words/index.js';
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
  const isWhole = part.country === '' && part.division === '';
  return (
    <Form
      label={words.boards.partOfTheBoard}
      onSubmit={() => onPart({ country: wanted.country, division: wanted.division.trim() })}
    >
      <Group gap="xs" align="end">
        <Country
          none={words.boards.all}
          value={wanted.country}
          onValue={(country) => setWanted({ ...wanted, country })}
        />
        <TextField
          label={words.common.division}
          list={divisions}
          maxLength={40}
          placeholder={words.boards.all}
          value={wanted.division}
          onValue={(division) => setWanted({ ...wanted, division })}
        />
        <Names id={divisions} names={named(rows.map(({ division }) => division))} />
        <Button variant="default" size="md" type="submit">
          {words.boards.show}
        </Button>
        {isWhole ? null : (
          <Button variant="default" size="md" onClick={() => onPart(wholeBoard)}>
            {words.boards.theWholeBoard}
          </Button>
        )}
      </Group>
    </Form>
  );
}

const Names = ({ id, names }: { readonly id: string; readonly names: readonly string[] }) => (
  <datalist id={id}>
    {names.map((name) => (
      <option key={name} value={name} />
    ))}
  </datalist>
);
