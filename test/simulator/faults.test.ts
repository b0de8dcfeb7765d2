import { fileURLToPath } from 'node:url';
import { readTrack } from '@pitwall/agent/simulator';
import type { CarState, Telemetry } from '@pitwall/protocol/messages';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Agent } from '../drive/agent.js';
import { TrackClient } from '../drive/track-client.js';

const sample = fileURLToPath(new URL('../../agent/models/sample.tar.gz', import.meta.url));
const oval = readTrack('oval');
/** In seconds of the world's life, with time between them to set the car going again. */
const round = [
  { kind: 'frozen-frames', at: 0, lasts: 5 },
  { kind: 'dropped-frames', at: 7.5, lasts: 1 },
  { kind: 'collision', at: 10.5, lasts: 1.2 },
  // A decision takes 0.4 s then; the car waits a quarter of a second for an action. It is one decision, so that the car drives on
  // when it is told to.
  { kind: 'slow-inference', at: 13, lasts: 0.3 },
  { kind: 'lost-link', at: 18, lasts: 2.5 },
];
/** On a busy machine the car may not drive yet when one of them begins: it comes again. */
const faults = Array.from({ length: 6 }, (_, again) =>
  round.map((fault) => ({ ...fault, at: fault.at + 24 * again })),
).flat();

describe('a simulated car that is told to misbehave, as its marshal sees it', () => {
  const track = new TrackClient();
  let agent: Agent;

  beforeAll(async () => {
    await track.start();
    agent = new Agent({ track, model: sample, over: { simulated: { track: 'oval', faults } } });
    agent.start();
    await track.until('telemetry', ({ framesPerSecond, action }) => framesPerSecond > 0 && action !== null);
  });
  afterAll(async () => {
    await agent.stop();
    await track.stop();
  });

  /** Drives, again after whatever else stopped it, until its telemetry is like that. */
  const drivesUntil = async (fits: (telemetry: Telemetry) => boolean): Promise<Telemetry> => {
    for (;;) {
      await track.drive();
      track.mark();
      const stopped = track.until('state', ({ safety }) => safety !== 'driving').then(() => undefined);
      const seen = await Promise.race([track.until('telemetry', fits), stopped]);
      if (seen !== undefined) return seen;
    }
  };
  /** Drives, again after whatever else stopped it, until it is stopped for that reason. */
  const drivesUntilStopped = async (reason: string): Promise<CarState> => {
    for (;;) {
      await track.drive();
      track.mark();
      const stopped = await track.until('state', ({ safety }) => safety !== 'driving');
      if (stopped.reason === reason) return stopped;
    }
  };
  const decided = ({ action }: Telemetry): string => JSON.stringify(action);

  it('with a frozen picture it decides the same again and again, and leaves the road', async () => {
    let same: Telemetry[] = [];
    await drivesUntil((one) => {
      if (one.action === null || one.pose === null) return false;
      same = same.length > 0 && decided(same[0]!) === decided(one) ? [...same, one] : [one];
      return same.length > 5 && !oval.isOnRoad(one.pose.x, one.pose.y);
    });
    const { pose } = same[0]!;
    expect(oval.isOnRoad(pose!.x, pose!.y)).toBe(true);
    // When the picture moves again, so does the wheel.
    await drivesUntil((one) => one.action !== null && decided(one) !== decided(same[0]!));
  });

  it('without frames it stops, and says that the camera sends none', async () => {
    expect(await drivesUntilStopped('stale-frame')).toMatchObject({ safety: 'faulted' });
    expect(agent.output).toContain('faulted: the camera sends no fresh frames');
  });

  it('in a collision it stands still while its policy drives, and goes on afterwards', async () => {
    let [still, since] = ['', 0];
    const place = ({ pose }: Telemetry): string => JSON.stringify([pose?.x, pose?.y]);
    const stood = await drivesUntil((one) => {
      if (place(one) !== still) [still, since] = [place(one), one.at];
      return one.at - since > 500_000 && (one.action?.speedMps ?? 0) > 0.5;
    });
    expect(await track.reaches(() => true)).toMatchObject({ safety: 'driving' });
    const { pose } = await track.until('telemetry', (one) => one.at > stood.at && place(one) !== still);
    expect(pose).not.toBeNull();
  });

  it('with a slow policy it stops, and says so', async () => {
    expect(await drivesUntilStopped('inference-slow')).toMatchObject({ safety: 'faulted' });
    expect(agent.output).toContain('faulted: the policy is too slow');
  });

  it('without a link it stops by itself, and goes on when told to once the link is back', async () => {
    await drivesUntilStopped('link-lost');
    expect(agent.output).toContain('stopping: the link to the track is lost');
    let reply = await track.command({ type: 'resume' });
    while (reply.outcome === 'refused') reply = await track.command({ type: 'resume' });
    expect(reply).toMatchObject({ safety: 'driving' });
  });
});
