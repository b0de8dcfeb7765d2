import { isPitwallError } from '@pitwall/protocol';
import type { CarOverview } from '@pitwall/protocol/api';
import type { CalibrationPoint } from '@pitwall/protocol/messages';
import { decimal, words } from '../staff-words/index.js';

/** What words are made of. */
type Heard = Pick<CarOverview, 'presence' | 'state' | 'telemetry'>;

/** A hand may move it. */
export const isByHand = (state: CarOverview['state']): boolean =>
  state?.manual === true && state.safety !== 'disarmed' && state.safety !== 'faulted';

/** Nothing can be done with it now. */
export const isAway = ({ presence, state }: Heard): boolean => presence?.status !== 'online' || state === null;

export function modelWords({ presence, state }: Heard): string {
  const model = state?.model ?? presence?.model ?? null;
  return model === null ? words.garage.noModel : `${model.name} (${model.hash.slice(0, 8)})`;
}

/** What else there is to say about a car, for who looks closer; nothing of one that is away. */
export function detailWords({ presence, state, telemetry }: Heard): string {
  if (presence?.status !== 'online' || state === null) return '';
  return [
    words.garage.throttlePercent(state.throttleScaleNow),
    state.flag === 'green' ? '' : words.garage.flag(words.garage.flags[state.flag]),
    telemetry === null ? '' : words.garage.framesS(decimal(telemetry.framesPerSecond, 0)),
    telemetry?.temperature === undefined ? '' : words.garage.temperatureC(decimal(telemetry.temperature, 0)),
    presence.profile,
  ]
    .filter((word) => word !== '')
    .join(' · ');
}

/** Why something was not done. What the controller or the car refuses has a sentence of its own. */
export const sentence = (error: unknown): string =>
  isPitwallError(error) ? error.message : words.common.theControllerDoesNotAnswer;

/** What to see at a point of the calibration. */
export const pointWords: Readonly<Record<CalibrationPoint, { readonly name: string; readonly until: string }>> = {
  center: { name: words.garage.centre, until: words.garage.theWheelsPointStraightOn },
  left: { name: words.garage.left, until: words.garage.theWheelsPointFullyTo },
  right: { name: words.garage.right, until: words.garage.theWheelsPointFullyToThe },
  stop: { name: words.garage.stopTitle, until: words.garage.theMotorStandsAlsoWhen },
  forward: { name: words.garage.forward, until: words.garage.theWheelsTurnForwardsAs },
  reverse: { name: words.garage.reverse, until: words.garage.theWheelsTurnBackwardsAs },
};

export const microseconds = (ns: number): string => words.garage.microseconds(ns / 1000);

/** For people: kB below 1 MB. */
export const size = (bytes: number): string =>
  bytes < 2 ** 20
    ? words.garage.kilobytes(Math.ceil(bytes / 1024))
    : words.common.megabytes(decimal(bytes / 2 ** 20, 1));
