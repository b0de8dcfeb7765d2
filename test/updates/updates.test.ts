import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instead, newSigner, type Packed } from './packed-agent.js';
import { UpdateTrack } from './track.js';

/** Its command `run`. */
const runs = (text: string) =>
  `export const addRun = (program) => program.command('run').option('--config <file>').action(async () => { ${text}; });\n`;

/** The agent of this tree under other version numbers, on a simulated car under a supervisor, and a real controller. */
describe('a car is updated and rolled back', () => {
  const track = new UpdateTrack();
  const kept = () => readdirSync(track.agent.versions).filter((name) => name !== 'chosen');
  let second: Packed;
  let third: Packed;

  beforeAll(async () => {
    await track.open(20);
    second = track.pack('0.2.0');
    third = track.pack('0.3.0');
    track.agent.on();
    await track.drives('0.1.0');
  }, 120_000);
  afterAll(() => track.close());

  it('from the version of its package to a signed one, which proves itself, and back', {
    timeout: 120_000,
  }, async () => {
    expect(await track.upload(second)).toMatchObject({ status: 201, body: { version: '0.2.0' } });
    await track.update(second);
    const { presence, state } = await track.drives('0.2.0');
    expect(presence).toMatchObject({ version: '0.2.0', architecture: process.arch });
    expect(state?.versions).toEqual({
      current: '0.2.0',
      previous: '0.1.0',
      staged: null,
      staging: null,
      problem: null,
    });
    expect(track.agent.chosen).toBe('0.2.0 packaged kept 0.1.0');
    expect(await track.agent.run('--version')).toEqual({ code: 0, said: '0.2.0' });

    expect(await track.command({ type: 'roll-back' })).toMatchObject({ status: 200 });
    const back = await track.drives('0.1.0');
    // It lies there still: the next update fetches nothing.
    expect(back.state?.versions).toMatchObject({ previous: null, staged: '0.2.0', problem: null });
    expect(await track.command({ type: 'roll-back' })).toMatchObject({ body: { error: { code: 'update-refused' } } });
  });

  it('keeps the version before, and no older one', { timeout: 120_000 }, async () => {
    expect(await track.upload(third)).toMatchObject({ status: 201 });
    expect(await track.command({ type: 'switch-version', version: '0.2.0' })).toMatchObject({ status: 200 });
    await track.drives('0.2.0');
    await track.update(third);
    await track.drives('0.3.0');
    const fourth = track.pack('0.4.0');
    await track.upload(fourth);
    await track.update(fourth);
    await track.drives('0.4.0');
    expect(kept()).toEqual(['0.3.0', '0.4.0']);
    expect(await track.command({ type: 'roll-back' })).toMatchObject({ status: 200 });
    await track.drives('0.3.0');
  });

  it.each([
    ['ends at once', runs('process.exit(1)')],
    // It hangs for good, and answers no signal but the last.
    [
      'never comes up',
      runs("process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); await new Promise(() => {})"),
    ],
  ])('goes on with the version before where the new one %s, and says so', { timeout: 120_000 }, async (how, run) => {
    const version = how === 'ends at once' ? '0.5.0' : '0.6.0';
    const broken = track.pack(version, { change: instead(run) });
    await track.upload(broken);
    track.agent.output = '';
    await track.update(broken);
    await track.agent.says(`version ${version} did not come up`);
    const { state } = await track.drives('0.3.0');
    expect(state?.versions?.problem).toBe(`Version ${version} did not come up; 0.3.0 goes on.`);
    expect(track.agent.chosen).toBe(`0.3.0 ${version} returned 0.1.0`);
  });

  describe('is refused with one sentence, and nothing changed', () => {
    const refusal = async (action: Parameters<typeof track.command>[0]) => {
      const before = [track.agent.chosen, kept()];
      const { body } = await track.command(action);
      expect([track.agent.chosen, kept()]).toEqual(before);
      return `${body.error?.code}: ${body.error?.message}`;
    };
    const stage = (release: Packed['release']) => refusal({ type: 'stage-version', release });

    it('a version for other computers', async () => {
      const foreign = track.pack('0.7.0', { architecture: 'mips' });
      expect(await stage(foreign.release)).toMatch(/^update-refused: That is for linux-mips, and this car is linux-/);
    });

    it('an older version, and the same', async () => {
      expect(await stage(second.release)).toMatch(/^update-refused: Version 0.2.0 is older than 0.3.0.*only Roll back/);
      expect(await stage(third.release)).toMatch(/^update-refused: Version 0.3.0 drives this car already/);
      expect(await refusal({ type: 'switch-version', version: '0.2.0' })).toMatch(/^update-refused: .*older/);
    });

    it('one that somebody else signed, at both doors', async () => {
      const theirs = track.pack('0.7.0', {}, newSigner());
      const said = 'It is signed by a key that is not trusted here.';
      expect(await track.upload(theirs)).toMatchObject({
        status: 409,
        body: { error: { code: 'release-invalid', message: said } },
      });
      expect(await stage(theirs.release)).toBe(`release-invalid: ${said}`);
    });

    it('one whose signature says another version', async () => {
      const { release } = track.pack('0.7.0');
      expect(await stage({ ...release, version: '0.8.0' })).toMatch(
        /^release-invalid: The signature is of version 0.7.0/,
      );
    });

    it('a half-copied archive, by the controller', async () => {
      const half = track.pack('0.7.0');
      truncateSync(half.archive, half.release.bytes >> 1);
      expect(await track.upload(half)).toMatchObject({
        status: 409,
        body: { error: { code: 'release-invalid', message: expect.stringMatching(/cut short or changed/) } },
      });
    });

    it('an archive in which a file is not what its manifest says', async () => {
      const harmed = track.pack('0.7.0', { harm: (tree) => truncateSync(join(tree, 'app/agent/dist/main.js'), 20) });
      await track.upload(harmed);
      expect(await stage(harmed.release)).toMatch(
        /^release-invalid: .*app\/agent\/dist\/main.js is not what its MANIFEST says/,
      );
    });

    it('a version that does not start here', async () => {
      const broken = track.pack('0.7.1', {
        change: (tree) =>
          writeFileSync(join(tree, 'app/agent/dist/main.js'), "throw new Error('a native part is missing');\n"),
      });
      await track.upload(broken);
      expect(await stage(broken.release)).toMatch(
        /^update-refused: Version 0.7.1 does not start on this car: .*native part/,
      );
    });

    it('one that the controller does not have', async () => {
      const { release } = track.pack('0.7.2');
      expect(await stage(release)).toMatch(/^download-failed: .*does not give version 0.7.2/);
    });

    it('while the car is armed, or in a run of a race: it is staged meanwhile, and switched to later', {
      timeout: 120_000,
    }, async () => {
      const next = track.pack('0.9.0');
      await track.upload(next);
      await track.armed();
      expect(await track.command({ type: 'stage-version', release: next.release })).toMatchObject({ status: 200 });
      const change = { type: 'switch-version', version: '0.9.0' } as const;
      expect(await refusal(change)).toMatch(/^update-refused: .*while the car is disarmed, and it is armed/);
      await track.command({ type: 'stop' });
      await track.command({ type: 'clear' });

      const setup = { name: 'Friday', track: { id: 'oval', version: 1 }, gates: ['manual'], leaderboard: null };
      const rules = { name: 'Friday', start: 'key', timeLimit: null } as const;
      await track.hall.createRace({ race: 'friday', commandId: crypto.randomUUID(), setup: { ...setup, rules } });
      const runId = crypto.randomUUID();
      const models = ['0'.repeat(64)].map((hash) => ({ hash, name: 'any' })) as never;
      await track.hall.give('friday', { type: 'open' });
      await track.hall.give('friday', {
        type: 'enter',
        entry: { racer: 'ada', alias: 'Ada', car: track.car, models } as never,
      });
      await track.hall.give('friday', { type: 'call', runId, racer: 'ada' as never });
      await track.hall.give('friday', { type: 'stage', runId });
      expect(await refusal(change)).toBe(
        'update-refused: Car red is in a run: its version is changed when the run is over.',
      );
      expect(await refusal({ type: 'roll-back' })).toMatch(/is in a run/);
      await track.hall.give('friday', { type: 'discard', runId, reason: 'enough' });
      expect(await track.command(change)).toMatchObject({ status: 200 });
      await track.drives('0.9.0');
    });
  });

  it('that speaks another protocol is named, arms no more, and is rolled back from the same page', {
    timeout: 120_000,
  }, async () => {
    const foreign = track.pack('0.10.0', {
      change: (tree) => {
        const file = join(tree, 'app/protocol/dist/spoken-protocol.js');
        writeFileSync(
          file,
          readFileSync(file, 'utf8').replace('number: 1, oldest: 1, since', 'number: 9, oldest: 9, since'),
        );
      },
    });
    await track.upload(foreign);
    await track.update(foreign);
    const { incompatible } = await track.drives('0.10.0');
    expect(incompatible).toMatch(
      /^Car red has version 0\.10\.0, which speaks protocol 9 and works with none before 9; this controller speaks 1: update the controller, or roll the car back\.$/,
    );
    expect(await track.command({ type: 'arm', manual: true })).toMatchObject({
      status: 409,
      body: { error: { code: 'version-incompatible', message: incompatible } },
    });
    expect(await track.command({ type: 'roll-back' })).toMatchObject({ status: 200 });
    expect((await track.drives('0.9.0')).incompatible).toBeUndefined();
  });
});
