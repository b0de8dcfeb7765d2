import type { LiveMessage } from '@pitwall/protocol/api';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { OnlineWorld } from '../../../testing/online-world.js';
import { OnlineFollower, type OnlineSources } from './follower.js';

let world: OnlineWorld;
beforeEach(async () => {
  world = await OnlineWorld.open(':memory:');
  // Nobody looks by the clock here.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(async () => {
  vi.useRealTimers();
  await world.close();
});

it('tells a crowd at once that a race was closed, with one look for all who are nobody here', async () => {
  const { race } = await world.race();
  const show = vi.spyOn(world.visible, 'show');
  const phases: string[][] = [];
  const followers = Array.from({ length: 100 }, (_, number) => {
    const told: string[] = [];
    phases.push(told);
    const tell = (message: LiveMessage) => {
      if (message.type === 'online-race') told.push(message.state.phase);
    };
    const failed = (error: unknown) => {
      throw error;
    };
    const viewer = number === 0 ? { who: { name: 'anna', role: 'racer' } } : {};
    const sources = { visible: world.visible, submissions: world.submissions } as OnlineSources;
    return new OnlineFollower(sources, race as never, viewer, { tell, failed });
  });
  for (const follower of followers) await follower.start();
  expect(phases).toEqual(followers.map(() => ['open']));
  expect(show.mock.calls.length).toBeLessThanOrEqual(3);
  show.mockClear();
  await world.races.closeNow(race, { who: { name: 'olga', role: 'organizer' } });
  await vi.waitFor(() => expect(phases).toEqual(followers.map(() => ['open', 'closed'])));
  // The organizer's own answer, who has signed in, and everybody else.
  expect(show).toHaveBeenCalledTimes(3);
  for (const follower of followers) follower.stop();
});
