import type { BatchPolicy, Decision, Observation, Policy } from '@pitwall/protocol/policy';

interface Waiting {
  readonly observation: Observation;
  readonly resolve: (decision: Decision) => void;
  readonly reject: (error: unknown) => void;
}

/** A place in the runs of a shared policy, for one trial after the other. */
export interface Seat extends Policy {
  /** Nobody waits for it any more. */
  leave(): void;
}

/** One policy for several trials: as soon as each that is under way wants a decision, all are made in one run. */
export class SharedPolicy {
  /** How many trials it serves side by side. */
  readonly most: number;
  readonly #decideAll: (observations: readonly Observation[]) => Promise<readonly Decision[]>;
  readonly #waiting: Waiting[] = [];
  #seats = 0;

  constructor(policy: Policy | BatchPolicy) {
    if ('decideAll' in policy) {
      this.most = policy.most;
      this.#decideAll = (observations) => policy.decideAll(observations);
    } else {
      this.most = 1;
      this.#decideAll = (observations) => Promise.all(observations.map((one) => policy.decide(one)));
    }
  }

  join(): Seat {
    this.#seats += 1;
    let left = false;
    const leave = () => {
      if (left) return;
      left = true;
      this.#seats -= 1;
      this.#runWhenAllWait();
    };
    return {
      decide: (observation) =>
        new Promise<Decision>((resolve, reject) => {
          this.#waiting.push({ observation, resolve, reject });
          this.#runWhenAllWait();
        }),
      leave,
      close: async () => leave(),
    };
  }

  #runWhenAllWait(): void {
    if (this.#waiting.length === 0 || this.#waiting.length < this.#seats) return;
    const waiting = this.#waiting.splice(0);
    this.#decideAll(waiting.map(({ observation }) => observation)).then(
      (decisions) => {
        waiting.forEach(({ resolve }, at) => {
          resolve(decisions[at] as Decision);
        });
      },
      (error: unknown) => {
        for (const { reject } of waiting) reject(error);
      },
    );
  }
}
