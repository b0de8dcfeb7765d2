import type { GateId } from '@pitwall/protocol';
import type { GateHealth } from '@pitwall/protocol/api';

export interface GateSaid {
  readonly ok: boolean;
  readonly words: string;
}

/** Presses of a marshal's key: it has no machine that could be away. */
const byHand = 'manual';
/** A gate answers the controller's clock at least twice a second; after so long without, µs, nobody knows whether it sees. */
const silentAfter = 2_000_000;

const sensors: Readonly<Record<GateHealth['sensor'], string>> = {
  ok: 'sees',
  gone: 'its sensor does not answer',
  stuck: 'something stands on the line, or the sensor chatters',
  unknown: 'it has not said whether it sees',
};

/** Whether a gate can be relied on, and in words. The one place where a page decides that. */
export function gateStatus(gate: GateId, gates: readonly GateHealth[] | undefined): GateSaid {
  if (gate === byHand) return { ok: true, words: 'by hand' };
  if (gates === undefined) return { ok: false, words: 'nobody knows how it is' };
  const health = gates.find((one) => one.gate === gate);
  if (health === undefined || health.status === 'unknown') return { ok: false, words: 'was never heard' };
  if (health.status !== 'online') return { ok: false, words: health.status === 'lost' ? 'lost its link' : 'is off' };
  if (health.sensor !== 'ok') return { ok: false, words: sensors[health.sensor] };
  if (health.lastSeenAgo !== null && health.lastSeenAgo > silentAfter)
    return { ok: false, words: `silent for ${Math.round(health.lastSeenAgo / 1_000_000)} s` };
  return { ok: true, words: sensors.ok };
}
