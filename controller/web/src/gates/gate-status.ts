import type { GateId } from '@pitwall/protocol';
import type { GateHealth } from '@pitwall/protocol/api';
import { words } from '../words/index.js';

export interface GateSaid {
  readonly ok: boolean;
  readonly text: string;
}

/** Presses of a marshal's key: it has no machine that could be away. */
const byHand = 'manual';
/** A gate answers the controller's clock at least twice a second; after so long without, µs, nobody knows whether it sees. */
const silentAfter = 2_000_000;

const sensors: Readonly<Record<GateHealth['sensor'], string>> = {
  ok: words.gates.sees,
  gone: words.gates.itsSensorDoesNotAnswer,
  stuck: words.gates.somethingStandsOnTheLine,
  unknown: words.gates.itHasNotSaidWhether,
};

/** Whether a gate can be relied on, and in words. The one place where a page decides that. */
export function gateStatus(gate: GateId, gates: readonly GateHealth[] | undefined): GateSaid {
  if (gate === byHand) return { ok: true, text: words.common.byHand };
  if (gates === undefined) return { ok: false, text: words.gates.nobodyKnowsHowItIs };
  const health = gates.find((one) => one.gate === gate);
  if (health === undefined || health.status === 'unknown') return { ok: false, text: words.gates.wasNeverHeard };
  if (health.status !== 'online')
    return { ok: false, text: health.status === 'lost' ? words.gates.lostItsLink : words.common.isOff };
  if (health.sensor !== 'ok') return { ok: false, text: sensors[health.sensor] };
  if (health.lastSeenAgo !== null && health.lastSeenAgo > silentAfter)
    return { ok: false, text: words.gates.silentForS(Math.round(health.lastSeenAgo / 1_000_000)) };
  return { ok: true, text: sensors.ok };
}
