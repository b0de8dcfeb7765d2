import type { GateId } from '@pitwall/protocol';
import type { Machine } from '@pitwall/protocol/api';
import { GatePresence, topics } from '@pitwall/protocol/messages';
import type { Identities, Link } from '../link/index.js';
import { manualGate } from '../timing/index.js';
import type { Gates } from './ports.js';

/** Gates as the interlock sees them: what their presence says. */
export class GateWatch implements Gates {
  readonly #link: Pick<Link, 'subscribe'>;
  readonly #identities: Pick<Identities, 'of'>;
  readonly #presence = new Map<GateId, GatePresence>();

  constructor(link: Pick<Link, 'subscribe'>, identities: Pick<Identities, 'of'>) {
    this.#link = link;
    this.#identities = identities;
  }

  /** Subscribes; call before the link starts. */
  start(): void {
    this.#link.subscribe(topics.everyGate('presence'), GatePresence, ({ message, from }) => {
      this.#presence.set(from.id as GateId, message);
    });
  }

  health(gate: GateId): { ok: boolean; detail: string } {
    // A hand has no presence.
    if (gate === manualGate) return { ok: true, detail: 'crossings by hand' };
    const { machine, rival } = this.#identities.of(`gate:${gate}`);
    if (rival !== null)
      return {
        ok: false,
        detail: `two computers say that they are gate ${gate}: ${inWords(machine)} and ${inWords(rival)}`,
      };
    const presence = this.#presence.get(gate);
    if (presence?.status !== 'online') return { ok: false, detail: `gate ${gate} is not online` };
    if (presence.sensor !== 'ok') return { ok: false, detail: `the sensor of gate ${gate} is ${presence.sensor}` };
    return { ok: true, detail: `gate ${gate} is online` };
  }
}

/** `pi-3 (10.0.0.7)`, or what of it is known. */
export const inWords = (machine: Machine | null): string =>
  [machine?.host ?? 'one without a name', machine?.address == null ? '' : `(${machine.address})`]
    .filter((part) => part !== '')
    .join(' ');
