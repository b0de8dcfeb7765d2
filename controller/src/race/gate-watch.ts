import type { GateId } from '@pitwall/protocol';
import { GatePresence, topics } from '@pitwall/protocol/messages';
import type { Link } from '../link/index.js';
import type { Gates } from './ports.js';

/** Gates as the interlock sees them: what their presence says. */
export class GateWatch implements Gates {
  readonly #link: Pick<Link, 'subscribe'>;
  readonly #presence = new Map<GateId, GatePresence>();

  constructor(link: Pick<Link, 'subscribe'>) {
    this.#link = link;
  }

  /** Subscribes; call before the link starts. */
  start(): void {
    this.#link.subscribe(topics.everyGate('presence'), GatePresence, ({ message, from }) => {
      this.#presence.set(from.id as GateId, message);
    });
  }

  health(gate: GateId): { ok: boolean; detail: string } {
    const presence = this.#presence.get(gate);
    if (presence?.status !== 'online') return { ok: false, detail: `gate ${gate} is not online` };
    if (presence.sensor !== 'ok') return { ok: false, detail: `the sensor of gate ${gate} is ${presence.sensor}` };
    return { ok: true, detail: `gate ${gate} is online` };
  }
}
