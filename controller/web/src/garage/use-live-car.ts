import type { CarId } from '@pitwall/protocol';
import { useCallback, useState } from 'react';
import { useCar } from '../live/index.js';
import { type LiveCar, unheard, updateLiveCar } from './live-car.js';

/** One car, as it happens. Give what uses it a key by the car. */
export function useLiveCar(car: CarId): LiveCar {
  const [heard, setHeard] = useState(() => unheard(car));
  useCar(
    car,
    useCallback((message) => setHeard((before) => updateLiveCar(before, message, performance.now())), []),
  );
  return heard;
}

type CarNow = Pick<LiveCar, 'presence' | 'state'>;
const nothing: CarNow = { presence: null, state: null };

/** Whether a car is there and in which state; changes only when these do. */
export function useCarState(car: CarId | null): CarNow {
  const [heard, setHeard] = useState<CarNow & { readonly of: CarId | null }>({ of: car, ...nothing });
  useCar(
    car,
    useCallback(
      (message) => {
        const set = (news: Partial<CarNow>) =>
          setHeard((before) => ({ ...(before.of === car ? before : nothing), ...news, of: car }));
        if (message.type === 'car-presence') set({ presence: message.presence });
        if (message.type === 'car-state') set({ state: message.state });
      },
      [car],
    ),
  );
  return heard.of === car ? heard : nothing;
}
