import { isPitwallError } from '@pitwall/protocol';
import type { CarOverview } from '@pitwall/protocol/api';
import type { CalibrationPoint } from '@pitwall/protocol/messages';

/** What words are made of. */
type Heard = Pick<CarOverview, 'presence' | 'state' | 'telemetry'>;

/** A hand may move it. */
export const isByHand = (state: CarOverview['state']): boolean =>
  state?.manual === true && state.safety !== 'disarmed' && state.safety !== 'faulted';

/** Nothing can be done with it now. */
export const isAway = ({ presence, state }: Heard): boolean => presence?.status !== 'online' || state === null;

export function modelWords({ presence, state }: Heard): string {
  const model = state?.model ?? presence?.model ?? null;
  return model === null ? 'no model' : `${model.name} (${model.hash.slice(0, 8)})`;
}

/** What else there is to say about a car, for who looks closer; nothing of one that is away. */
export function detailWords({ presence, state, telemetry }: Heard): string {
  if (presence?.status !== 'online' || state === null) return '';
  return [
    `throttle ${state.throttleScaleNow} %`,
    state.flag === 'green' ? '' : `${state.flag} flag`,
    telemetry === null ? '' : `${telemetry.framesPerSecond.toFixed(0)} frames/s`,
    telemetry?.temperature === undefined ? '' : `${telemetry.temperature.toFixed(0)} °C`,
    presence.profile,
  ]
    .filter((word) => word !== '')
    .join(' · ');
}

/** Why something was not done. What the controller or the car refuses has a sentence of its own. */
export const sentence = (error: unknown): string =>
  isPitwallError(error) ? error.message : 'The controller does not answer.';

/** What to see at a point of the calibration. */
export const pointWords: Readonly<Record<CalibrationPoint, { readonly name: string; readonly until: string }>> = {
  center: { name: 'Centre', until: 'the wheels point straight on' },
  left: { name: 'Left', until: 'the wheels point fully to the left' },
  right: { name: 'Right', until: 'the wheels point fully to the right' },
  stop: { name: 'Stop', until: 'the motor stands, also when it is nudged a little' },
  forward: { name: 'Forward', until: 'the wheels turn forwards as they should' },
  reverse: { name: 'Reverse', until: 'the wheels turn backwards as they should' },
};

export const microseconds = (ns: number): string => `${ns / 1000} µs`;

/** For people: kB below 1 MB. */
export const size = (bytes: number): string =>
  bytes < 2 ** 20 ? `${Math.ceil(bytes / 1024)} kB` : `${(bytes / 2 ** 20).toFixed(1)} MB`;
