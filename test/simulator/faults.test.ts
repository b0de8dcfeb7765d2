import { fileURLToPath } from 'node:url';
import { readTrack } from '@pitwall/agent/simulator';
import type { Telemetry } from '@pitwall/protocol/messages';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Agent } from '../drive/agent.js';
import { TrackClient } from '../drive/track-client.js';

const sample = fileURLToPath(new URL('../../agent/models/sample.tar.gz', import.meta.url));
const oval = readTrack('oval');
/**
 * In seconds of the car's life, with time between them to set the car going again. They come again every 25 s, for a car that
 * a busy machine did not get going in time.
 */
const faults = [
  { kind: 'frozen-frames', at: 0, lasts: 5 },
  { kind: 'dropped-frames', at: 7.5, lasts: 1 },
  { kind: 'collision', at: 10.5, lasts: 1.2 },
  // A decision takes 0.4 s then; the car waits a quarter of a second for an action. It is one decision, so that the car drives on
  // when it is told to.
  { kind: 'slow-inference', at: 13, lasts: 0.3 },
  { kind: 'lost-link', at: 18, lasts: 2.5 },
].flatMap((fault) => Array.from({ length: 8 }, (_, turn) => ({ ...fault, at: fault.at + 25 * turn })));

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

  /** Drives until it stops for that; whatever else may have stopped it before. */
  const stopsFor = async (wanted: string) => {
    for (;;) {
      await track.drive();
      const state = await track.reaches(({ safety }) => safety !== 'driving');
      if (state.reason === wanted) return state;
    }
  };

  it('with a frozen picture it decides the same again and again, and leaves the road', async () => {
    const isOff = ({ pose }: Telemetry) => pose !== null && !oval.isOnRoad(pose.x, pose.y);
    let off: Telemetry;
    do {
      // Again, where something else stopped it.
      await track.drive();
      off = await track.until('telemetry');
    } while (!isOff(off));
    const decided = track.heard.flatMap(({ channel, message }) => (channel === 'telemetry' ? [message] : []));
    // The first may come before any decision.
    const until = decided
      .filter(({ at, action }) => at <= off.at && action !== null)
      .map(({ action }) => JSON.stringify(action))
      .slice(-6);
    expect(until).toHaveLength(6);
    expect(new Set(until).size).toBe(1);
    // When the picture moves again, so does the wheel.
    await track.until('telemetry', ({ at, action }) => at > off.at && JSON.stringify(action) !== until[0]);
  });

  it('without frames it stops, and says that the camera sends none', async () => {
    expect(await stopsFor('stale-frame')).toMatchObject({ safety: 'faulted' });
    await agent.says('faulted: the camera sends no fresh frames');
  });

  it('in a collision it stands still while its policy drives, and goes on afterwards', async () => {
    await track.drive();
    track.mark();
    let [still, since] = ['', 0];
    const standing = ({ at, pose, action }: Telemetry): boolean => {
      const place = JSON.stringify([pose?.x, pose?.y]);
      if (place !== still) [still, since] = [place, at];
      return at - since > 500_000 && (action?.speedMps ?? 0) > 0.5;
    };
    const stood = await track.until('telemetry', standing);
    expect(await track.reaches(() => true)).toMatchObject({ safety: 'driving' });
    const { pose } = await track.until(
      'telemetry',
      (one) => one.at > stood.at && JSON.stringify([one.pose?.x, one.pose?.y]) !== still,
    );
    expect(pose).not.toBeNull();
  });

  it('with a slow policy it stops, and says so', async () => {
    expect(await stopsFor('inference-slow')).toMatchObject({ safety: 'faulted' });
    await agent.says('faulted: the policy is too slow');
  });

  it('without a link it stops by itself, and goes on when told to once the link is back', async () => {
    await stopsFor('link-lost');
    await agent.says('stopping: the link to the track is lost');
    let reply = await track.insist({ type: 'resume' });
    while (reply.outcome === 'refused') reply = await track.insist({ type: 'resume' });
    expect(reply).toMatchObject({ safety: 'driving' });
  });
});
