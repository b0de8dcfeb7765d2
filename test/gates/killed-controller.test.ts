import { expect, it } from 'vitest';
import { Fleet } from './fleet.js';

it('loses no crossing and stores none twice when the controller is killed while gates send', async () => {
  const fleet = new Fleet();
  try {
    await fleet.start(5);
    const stop = fleet.race(20);
    for (let i = 0; i < 2; i++) {
      // In the middle of it: when some are acknowledged and more are on their way.
      const acknowledged = fleet.latencies.length;
      while (fleet.latencies.length < acknowledged + 20) await new Promise((resolve) => setImmediate(resolve));
      await fleet.killController();
      await fleet.startController();
    }
    stop();
    await fleet.drained(60);
    const { all, different, missing } = fleet.stored();
    expect(missing).toBe(0);
    expect(different).toBe(all);
    expect(all).toBe(fleet.made);
    expect(all).toBeGreaterThan(40);
  } finally {
    await fleet.stop();
  }
});
