import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeArchive } from '../hardware/archive.js';
import { Agent } from './agent.js';
import { TrackClient } from './track-client.js';

describe('a simulated car with a model of two cameras and a lidar', () => {
  const track = new TrackClient();
  let agent: Agent;

  beforeAll(async () => {
    await track.start();
    agent = new Agent({ track });
    writeArchive(join(agent.folder, 'tiny.tar.gz'), 'tiny', 1, { lidar: true, stereo: true });
    agent.start();
    await track.until('telemetry', (telemetry) => telemetry.framesPerSecond > 0 && telemetry.action !== null);
  });
  afterAll(async () => {
    await agent.stop();
    await track.stop();
  });

  it('has both, so that nothing is missing and nothing is doubtful', async () => {
    const { armable } = await track.command({ type: 'check' });
    expect(armable?.missing.filter((what) => /lidar|camera/.test(what))).toEqual([]);
    expect(armable?.warnings).toEqual([]);
    expect(await track.arm()).toMatchObject({ outcome: 'done', safety: 'armed' });
    expect(await track.command({ type: 'start' })).toMatchObject({ outcome: 'done', safety: 'driving' });
  });
});
