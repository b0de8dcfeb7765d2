import { setTimeout as setTimeoutPromise } from 'node:timers/promises';
import type { Policy } from '@pitwall/protocol/policy';
import type { Now } from '@pitwall/runtime';
import { StallingRelay } from '../hardware/index.js';
import type { LinkSettings } from '../link/index.js';
import { type Fault, Faults, SlowPolicy } from '../simulator/index.js';

/** How much longer an inference takes while the fault slow-inference holds. */
const slowMs = 400;

/** What of the configured faults happens in the agent itself, not in the simulated world: its policy and its link. */
export class AgentFaults {
  readonly #faults: Faults;
  readonly #seconds: () => number;
  #relay: StallingRelay | undefined;

  /** Faults are given in seconds of the agent's life, which begins now. */
  constructor(faults: readonly Fault[], now: Now) {
    const born = now();
    this.#faults = new Faults(faults);
    this.#seconds = () => (now() - born) / 1e6;
  }

  /** The link's settings, through a relay that loses it where that is to come. @throws PitwallError `config-invalid` */
  async relayed(settings: LinkSettings | undefined): Promise<LinkSettings | undefined> {
    if (settings === undefined || !this.#faults.expects('lost-link')) return settings;
    this.#relay = new StallingRelay(settings.url, () => this.#faults.has('lost-link', this.#seconds()));
    return { ...settings, url: await this.#relay.start() };
  }

  slowed(policy: Policy): Policy {
    if (!this.#faults.expects('slow-inference')) return policy;
    return new SlowPolicy(policy, {
      faults: this.#faults,
      seconds: this.#seconds,
      wait: setTimeoutPromise,
      delayMs: slowMs,
    });
  }

  async stop(): Promise<void> {
    await this.#relay?.stop();
  }
}
