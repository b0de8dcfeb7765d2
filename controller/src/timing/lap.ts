import type { Micros } from '@pitwall/protocol';
import { unbounded } from './gate-clock.js';
import type { StampedCrossing } from './timing.js';

/**
 * The time between two crossings in the controller's µs, and how wrong it can be. In one life of one gate's clock it is that
 * clock's difference, corrected by its drift: neither the clock's offset nor the link enters. Otherwise it is the difference
 * of the controller's times with their bounds. Undefined where the two have no clock in common.
 */
export function between(
  from: StampedCrossing,
  to: StampedCrossing,
): { readonly time: Micros; readonly uncertainty: Micros } | undefined {
  const sensors = from.crossing.uncertainty + to.crossing.uncertainty;
  if (from.crossing.gate === to.crossing.gate && from.crossing.bootId === to.crossing.bootId) {
    const shown = to.crossing.at - from.crossing.at;
    if (shown < 0) return undefined;
    return {
      time: Math.round(shown * to.rate) as Micros,
      uncertainty: Math.ceil(sensors + shown * to.rateBound) as Micros,
    };
  }
  const bounds = from.controllerBound + to.controllerBound;
  const time = to.controllerAt - from.controllerAt;
  if (bounds >= unbounded || time < 0) return undefined;
  return { time: time as Micros, uncertainty: (sensors + bounds) as Micros };
}
