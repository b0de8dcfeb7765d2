import { Button } from '@mantine/core';
import type { CarId } from '@pitwall/protocol';
import type { CarState } from '@pitwall/protocol/messages';
import { StopByHand } from '../forms/index.js';
import { words } from '../staff-words/index.js';
import { useStop } from './use-stop.js';

interface CarStopProps {
  readonly car: CarId;
  readonly state: CarState | null;
  readonly token: string;
}

/** The emergency stop of one car among others: there also while the car is away, for it may drive on without its link. */
export function CarStop({ car, state, token }: CarStopProps) {
  const { press, doubt, dismiss } = useStop(car, token, state);
  return (
    <>
      <Button color="alarm" size="lg" aria-label={words.garage.stop(car)} onClick={press}>
        {words.common.stop}
      </Button>
      {doubt === null ? null : (
        <StopByHand what={car} why={[doubt]} onDismiss={dismiss}>
          <button type="button" onClick={press}>
            {words.garage.sendTheStopAgain}
          </button>
        </StopByHand>
      )}
    </>
  );
}
