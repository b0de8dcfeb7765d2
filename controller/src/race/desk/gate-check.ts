import type { GateId } from '@pitwall/protocol';
import type { GateTrouble, Machine } from '@pitwall/protocol/api';
import type { Identities } from '../../link/index.js';
import { manualGate } from '../../timing/index.js';
import type { Gates } from '../ports.js';

/** Whether a gate is fit for a run, for the checks before *ready*. */
export class GateCheck implements Gates {
  readonly #trouble: (gate: GateId) => GateTrouble | null;
  readonly #identities: Pick<Identities, 'of'>;

  constructor(trouble: (gate: GateId) => GateTrouble | null, identities: Pick<Identities, 'of'>) {
    this.#trouble = trouble;
    this.#identities = identities;
  }

  health(gate: GateId): { ok: boolean; detail: string } {
    // Crossings by a key press come from no device that could be away.
    if (gate === manualGate) return { ok: true, detail: 'crossings by hand' };
    const { machine, rival } = this.#identities.of(`gate:${gate}`);
    if (rival !== null)
      return {
        ok: false,
        detail: `two computers say that they are gate ${gate}: ${inWords(machine)} and ${inWords(rival)}`,
      };
    const trouble = this.#trouble(gate);
    return trouble === null ? { ok: true, detail: `gate ${gate} is well` } : { ok: false, detail: trouble.message };
  }
}

/** `pi-3 (10.0.0.7)`, or what of it is known. */
const inWords = (machine: Machine | null): string =>
  [machine?.host ?? 'one without a name', machine?.address == null ? '' : `(${machine.address})`]
    .filter((part) => part !== '')
    .join(' ');
