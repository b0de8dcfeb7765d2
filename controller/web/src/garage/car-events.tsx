import { Text } from '@mantine/core';
import type { CarId } from '@pitwall/protocol';
import type { LiveMessage } from '@pitwall/protocol/api';
import type { Happening } from '@pitwall/protocol/messages';
import { useCallback, useEffect, useState } from 'react';
import { useCar } from '../live/index.js';
import { words } from '../staff-words/index.js';

/** How long it is worth a look, ms. */
const shownMs = 15_000;
const text: Readonly<Record<Happening, string>> = {
  'picked-up': words.garage.wasPickedUpAReset,
  crash: words.garage.hitSomething,
  'rolled-over': words.garage.rolledOver,
};

/** What the car felt last. It decides nothing: whether that is a reset, the marshal says. */
export function CarEvents({ car }: { readonly car: CarId }) {
  const [felt, setFelt] = useState<Happening>();
  const [times, setTimes] = useState(0);
  const hear = useCallback((message: LiveMessage) => {
    if (message.type !== 'car-event') return;
    setFelt(message.event.happening);
    setTimes((before) => before + 1);
  }, []);
  useCar(car, hear);
  useEffect(() => {
    if (times === 0) return;
    const timer = setTimeout(() => setFelt(undefined), shownMs);
    return () => clearTimeout(timer);
  }, [times]);
  return (
    <Text role="status" fw={700} fz="1.1rem" c="var(--warn)">
      {felt === undefined ? '' : `${car} ${text[felt]}`}
    </Text>
  );
}
