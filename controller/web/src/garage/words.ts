import { isPitwallError } from '@pitwall/protocol';
import type { CarOverview } from '@pitwall/protocol/api';
import type { CalibrationPoint, SafetyState } from '@pitwall/protocol/messages';

export interface CarWords {
  /** One word for how it is; what colour it has. */
  readonly state: string;
  readonly tone: 'good' | 'moves' | 'bad' | 'away';
  readonly model: string;
  readonly detail: string;
}

const tones: Readonly<Record<SafetyState, CarWords['tone']>> = {
  disarmed: 'good',
  armed: 'moves',
  driving: 'moves',
  stopping: 'moves',
  stopped: 'moves',
  faulted: 'bad',
};

const batteryWords = ({ unit, value }: { readonly unit: 'level' | 'volts'; readonly value: number }): string =>
  unit === 'volts' ? `battery ${value.toFixed(1)} V` : `battery ${value} of 11`;

/** A hand may move it. */
/** What words are made of. */
type Heard = Pick<CarOverview, 'presence' | 'state' | 'telemetry'>;

export const isByHand = (state: CarOverview['state']): boolean =>
  state?.manual === true && state.safety !== 'disarmed' && state.safety !== 'faulted';

/** A car as the pit crew reads it from two metres away. */
export function carWords({ presence, state, telemetry }: Heard): CarWords {
  const model = state?.model ?? presence?.model ?? null;
  const named = model === null ? 'no model' : `${model.name} (${model.hash.slice(0, 8)})`;
  if (presence?.status !== 'online' || state === null) {
    const away = presence === null ? 'never heard' : presence.status === 'lost' ? 'link lost' : 'offline';
    return { state: presence?.status === 'online' ? 'online' : away, tone: 'away', model: named, detail: '' };
  }
  const detail = [
    `throttle ${state.throttleScaleNow} %`,
    state.flag === 'green' ? '' : `${state.flag} flag`,
    telemetry === null ? '' : `${telemetry.framesPerSecond.toFixed(0)} frames/s`,
    telemetry?.battery === undefined ? '' : batteryWords(telemetry.battery),
    telemetry?.temperature === undefined ? '' : `${telemetry.temperature.toFixed(0)} °C`,
    presence.profile,
  ];
  return {
    state: `${state.safety}${isByHand(state) ? ' by hand' : ''}${state.reason === null ? '' : `: ${state.reason}`}`,
    tone: tones[state.safety],
    model: named,
    detail: detail.filter((word) => word !== '').join(' · '),
  };
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
