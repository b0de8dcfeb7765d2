import type { GateId } from '@pitwall/protocol';
import type { GateHealth } from '@pitwall/protocol/api';

export interface GateSaid {
  readonly ok: boolean;
  readonly text: string;
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
  if (gate === byHand) return { ok: true, text: 'by hand' };
  if (gates === undefined) return { ok: false, text: 'nobody knows how it is' };
  const health = gates.find((one) => one.gate === gate);
  if (health === undefined || health.status === 'unknown') return { ok: false, text: 'was never heard' };
  if (health.status !== 'online') return { ok: false, text: health.status === 'lost' ? 'lost its link' : 'is off' };
  if (health.sensor !== 'ok') return { ok: false, text: sensors[health.sensor] };
  if (health.lastSeenAgo !== null && health.lastSeenAgo > silentAfter)
    return { ok: false, text: `silent for ${Math.round(health.lastSeenAgo / 1_000_000)} s` };
  return { ok: true, text: sensors.ok };
}
