import type { CarOverview } from '@pitwall/protocol/api';
import type { SafetyState } from '@pitwall/protocol/messages';

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

/** A car as the pit crew reads it from two metres away. */
export function carWords({ presence, state, telemetry }: CarOverview): CarWords {
  const model = state?.model ?? presence?.model ?? null;
  const named = model === null ? 'no model' : `${model.name} (${model.hash.slice(0, 8)})`;
  if (presence?.status !== 'online' || state === null) {
    const away = presence === null ? 'never heard' : presence.status === 'lost' ? 'link lost' : 'offline';
    return { state: presence?.status === 'online' ? 'online' : away, tone: 'away', model: named, detail: '' };
  }
  const detail = [
    state.manual ? 'by hand' : '',
    `throttle ${state.throttleScaleNow} %`,
    state.flag === 'green' ? '' : `${state.flag} flag`,
    telemetry === null ? '' : `${telemetry.framesPerSecond.toFixed(0)} frames/s`,
    telemetry?.battery === undefined ? '' : batteryWords(telemetry.battery),
    telemetry?.temperature === undefined ? '' : `${telemetry.temperature.toFixed(0)} °C`,
    presence.profile,
  ];
  return {
    state: state.reason === null ? state.safety : `${state.safety}: ${state.reason}`,
    tone: tones[state.safety],
    model: named,
    detail: detail.filter((word) => word !== '').join(' · '),
  };
}
