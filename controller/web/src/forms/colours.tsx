import { Box, Group, Input } from '@mantine/core';
import { type NewRacer, racerColours } from '@pitwall/protocol/api';
import { words } from '../words/index.js';

type Colour = NewRacer['colour'];

interface ColoursProps {
  readonly value: Colour;
  readonly onValue: (colour: Colour) => void;
}

/** One of the colours that a racer may have, or none: pressed again it is let go. */
export function Colours({ value, onValue }: ColoursProps) {
  return (
    <Input.Wrapper label={words.common.colour} labelElement="div">
      <Group gap="xs" role="group" aria-label={words.common.colour}>
        {racerColours.map((colour, index) => (
          <Box
            component="button"
            type="button"
            key={colour}
            aria-label={words.common.colours[index]}
            aria-pressed={value === colour}
            onClick={() => onValue(value === colour ? undefined : colour)}
            w="2.4rem"
            h="2.4rem"
            bg={colour}
            bd={value === colour ? '4px solid var(--ink)' : '4px solid transparent'}
            style={{ borderRadius: '50%', cursor: 'pointer', backgroundClip: 'padding-box' }}
          />
        ))}
      </Group>
    </Input.Wrapper>
  );
}
