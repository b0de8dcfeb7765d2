import type { GateId } from '@pitwall/protocol';
import type { GateTrouble } from '@pitwall/protocol/api';
import { manualGate } from '../timing/index.js';
import type { Gates } from './ports.js';

/** Gates as the interlock sees them. */
export class GateWatch implements Gates {
  readonly #trouble: (gate: GateId) => GateTrouble | null;

  constructor(trouble: (gate: GateId) => GateTrouble | null) {
    this.#trouble = trouble;
  }

  health(gate: GateId): { ok: boolean; detail: string } {
    // A hand is no device that could be away.
    if (gate === manualGate) return { ok: true, detail: `gate ${gate} is the marshal's key` };
    const trouble = this.#trouble(gate);
    return trouble === null ? { ok: true, detail: `gate ${gate} is well` } : { ok: false, detail: trouble.message };
  }
}
