import type { CarId } from '@pitwall/protocol';
import type { StopOutcome } from '@pitwall/protocol/api';
import { words } from '../staff-words/index.js';
import type { StatusText } from './car-status-text.js';

type StoppedCar = StopOutcome['cars'][number];

export interface CarAnswer {
  readonly car: CarId;
  readonly said: StatusText;
  /** Nobody knows that it stands: a person has to see to it. */
  readonly isMissing: boolean;
}

const ms = (micros: number): string => words.garage.milliseconds(Math.max(1, Math.round(micros / 1000)));

function answerOf({ car, answer, message, safety, took, status, heardAgo }: StoppedCar): CarAnswer {
  const said = (text: string, tone: StatusText['tone'], isMissing: boolean): CarAnswer => ({
    car,
    said: { text, tone },
    isMissing,
  });
  if (answer === 'stopped')
    return said(words.garage.stands(took === null ? '' : words.garage.after(ms(took))), 'good', false);
  // It said goodbye, and nothing else was heard of it since.
  if (status === 'offline' && answer !== 'refused') return said(words.common.isOff, 'unknown', false);
  if (answer === 'waiting') return said(words.garage.noAnswerYet, 'warn', true);
  if (answer === 'refused')
    return said(
      words.garage.refused(message === null ? '' : `: ${message}`, safety === null ? '' : ` (${safety})`),
      'bad',
      true,
    );
  const heard =
    heardAgo === null ? words.garage.neverHeardSmall : words.garage.lastHeardSAgo(Math.round(heardAgo / 1_000_000));
  return said(words.garage.noAnswer(heard), 'bad', true);
}

/** Who stands and who is missing; the missing first. */
export const answersOf = ({ cars }: StopOutcome): CarAnswer[] =>
  cars.map(answerOf).sort((a, b) => Number(b.isMissing) - Number(a.isMissing) || a.car.localeCompare(b.car));
