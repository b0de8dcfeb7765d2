import { Day, type Outcome, type Templates, templates } from './day.js';
import { VirtualHost } from './host.js';
import { Kernel } from './kernel.js';
import { type Plan, planOf } from './plan.js';

/** Simulates days, one after the other, in this process, which is for nothing else any more. */
export class Simulator {
  readonly #host: VirtualHost;
  readonly #templates: Templates;

  private constructor(host: VirtualHost, made: Templates) {
    this.#host = host;
    this.#templates = made;
  }

  static async install(): Promise<Simulator> {
    const made = await templates();
    return new Simulator(new VirtualHost().install(), made);
  }

  async day(plan: Plan): Promise<Outcome> {
    const kernel = new Kernel(plan.seed);
    this.#host.use(kernel);
    return await new Day(plan, kernel, this.#templates).run();
  }
}

/** Days that are tried to make one shorter. */
const most = 60;

/**
 * The fewest happenings of a day that still end it with a finding: the shortest beginning of them, by halves, and of that each
 * one left out that is not needed.
 */
export async function shrink(
  simulator: Simulator,
  plan: Plan,
  found: Outcome,
): Promise<{ plan: Plan; outcome: Outcome }> {
  const kindOf = ({ finding }: Outcome) => finding?.replace(/[0-9a-f-]{8,}|\d+/g, '#');
  const wanted = kindOf(found);
  let best: { plan: Plan; outcome: Outcome } = {
    plan: { ...plan, happenings: plan.happenings.filter(({ at }) => at <= found.at) },
    outcome: found,
  };
  let attempts = 0;
  const attempt = async (happenings: Plan['happenings']): Promise<boolean> => {
    attempts += 1;
    const shorter = { ...plan, happenings };
    const outcome = await simulator.day(shorter);
    if (kindOf(outcome) !== wanted) return false;
    best = { plan: shorter, outcome };
    return true;
  };
  for (let low = 0, high = best.plan.happenings.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (await attempt(plan.happenings.slice(0, middle))) high = middle;
    else low = middle + 1;
  }
  for (let index = best.plan.happenings.length - 1; index >= 0 && attempts < most; index -= 1)
    await attempt(best.plan.happenings.filter((_, at) => at !== index));
  return best;
}

export { planOf };
