import type { CarId } from '@pitwall/protocol';
import type { StopOutcome } from '@pitwall/protocol/api';
import type { StatusText } from './car-status-text.js';

type StoppedCar = StopOutcome['cars'][number];

export interface CarAnswer {
  readonly car: CarId;
  readonly said: StatusText;
  /** Nobody knows that it stands: a person has to see to it. */
  readonly isMissing: boolean;
}

const ms = (micros: number): string => `${Math.max(1, Math.round(micros / 1000))} ms`;

function answerOf({ car, answer, message, safety, took, status, heardAgo }: StoppedCar): CarAnswer {
  const said = (text: string, tone: StatusText['tone'], isMissing: boolean): CarAnswer => ({
    car,
    said: { text, tone },
    isMissing,
  });
  if (answer === 'stopped') return said(`stands${took === null ? '' : `, after ${ms(took)}`}`, 'good', false);
  // It said goodbye, and nothing else was heard of it since.
  if (status === 'offline' && answer !== 'refused') return said('is off', 'unknown', false);
  if (answer === 'waiting') return said('no answer yet', 'warn', true);
  if (answer === 'refused')
    return said(
      `refused${message === null ? '' : `: ${message}`}${safety === null ? '' : ` (${safety})`}`,
      'bad',
      true,
    );
  const heard = heardAgo === null ? 'never heard' : `last heard ${Math.round(heardAgo / 1_000_000)} s ago`;
  return said(`no answer; ${heard}`, 'bad', true);
}

/** Who stands and who is missing; the missing first. */
export const answersOf = ({ cars }: StopOutcome): CarAnswer[] =>
  cars.map(answerOf).sort((a, b) => Number(b.isMissing) - Number(a.isMissing) || a.car.localeCompare(b.car));
