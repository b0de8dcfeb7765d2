import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const timeout = 120_000;

interface Tests {
  readonly name: string;
  readonly include: string[];
  readonly globalSetup?: string[];
  readonly exclude?: string[];
  /** Its files share processes, and what they import: none leaves anything behind that another one would see. */
  readonly shared?: boolean;
  /** Its files, and whatever they start, act in real time: so many of them at once, and what is beside them gives way. */
  readonly realTime?: number;
  /** Groups run one after another. */
  readonly group: number;
}

function project({ name, include, globalSetup = [], exclude = [], shared = false, realTime, group }: Tests) {
  return {
    test: {
      environment: 'node' as const,
      pool: 'forks' as const,
      name,
      include,
      exclude: ['**/node_modules/**', '**/dist/**', ...exclude],
      // What gives way may wait long where a machine is busy with something else.
      testTimeout: timeout,
      // Services that a busy machine starts slowly are started in hooks.
      hookTimeout: timeout,
      // A test waits for the event; the limit is for what never comes.
      expect: { poll: { timeout: timeout / 2 } },
      globalSetup,
      setupFiles: [realTime === undefined ? 'test/stand-back.ts' : 'test/real-time.ts'],
      env: realTime === undefined ? {} : { PITWALL_REAL_TIME: process.env.PITWALL_REAL_TIME ?? String(realTime) },
      isolate: !shared,
      // What is built runs as it is.
      server: { deps: { external: [/\/dist\//] } },
      sequence: { groupOrder: group },
      maxWorkers: 3,
    },
  };
}

/** Seconds that the longest files take, each alone on the machine. */
const longest: Readonly<Record<string, number>> = {
  'test/race/race.test.ts': 75,
  'test/online/faults.test.ts': 65,
  'test/pages/desk.test.ts': 60,
  'test/standby/standby.test.ts': 40,
  'test/model/commands.test.ts': 45,
  'test/pages/every-page.test.ts': 45,
  'test/protocols/slow-and-large.test.ts': 40,
  'test/pages/garage.test.ts': 45,
  'test/pages/online.test.ts': 45,
  'test/model/every-door.test.ts': 40,
  'test/pages/show.test.ts': 40,
  'test/pages/staff.test.ts': 40,
  'agent/src/evaluation/evaluate.test.ts': 35,
  'test/car/two-computers.test.ts': 35,
  'test/days/days.test.ts': 35,
  'test/pages/live.test.ts': 35,
  'test/pages/pages.test.ts': 35,
  'controller/src/submissions/evaluator.test.ts': 30,
  'test/car/models.test.ts': 30,
  'test/model/agreement.test.ts': 30,
  'test/model/archives.test.ts': 30,
  'test/pages/joining.test.ts': 30,
  'test/pages/languages.test.ts': 30,
  'test/pages/start-line.test.ts': 30,
  'controller/src/compose/roles.test.ts': 30,
  'test/race-faults/kills.test.ts': 30,
  'test/simulator/faults.test.ts': 30,
  'agent/models/training/sample.test.ts': 25,
  'controller/src/backup/backup.test.ts': 25,
  'controller/src/http/people/own-models.test.ts': 25,
  'test/car/doctor.test.ts': 25,
  'test/drive/stop.test.ts': 25,
  'test/gates/drem-timer.test.ts': 25,
  'test/gates/another-computer.test.ts': 25,
  'test/hardware/contracts.test.ts': 25,
  'test/leaderboard/forwarding.test.ts': 25,
  'test/model/limits.test.ts': 25,
  'test/model/second-opinion.test.ts': 25,
  'test/online/race.test.ts': 25,
  'test/pages/crowd.test.ts': 25,
  'test/pages/attacks.test.ts': 25,
  'test/pages/own-models.test.ts': 25,
  'test/pages/stop-all.test.ts': 25,
  'test/race/live.test.ts': 25,
  'controller/src/race/desk/only-people-start.test.ts': 20,
  'test/car/calibrate.test.ts': 20,
  'test/car/ready.test.ts': 20,
  'test/car/run-speed.test.ts': 20,
  'test/drive/devices.test.ts': 20,
  'test/model/operations.test.ts': 20,
  'test/model/readings.test.ts': 20,
  'agent/src/evaluation/robustness.test.ts': 15,
  'agent/src/install/install.test.ts': 15,
  'controller/src/commands/gate.test.ts': 15,
  'controller/src/http/races/track-uploads.test.ts': 15,
  'controller/src/leaderboard/leaderboards.test.ts': 15,
  'test/drive/recording.test.ts': 15,
  'test/model/hostile-networks.test.ts': 15,
  'test/pages/events.test.ts': 15,
  'test/pages/tracks.test.ts': 15,
  'test/car/stop-all.test.ts': 12,
  'test/drive/hand.test.ts': 12,
  'test/drive/lost-stops.test.ts': 12,
  'test/gates/stepped-clock.test.ts': 12,
  'test/gates/stop-button.test.ts': 12,
  'test/car/carried.test.ts': 10,
  'test/car/findings.test.ts': 10,
  'test/drive/actuator.test.ts': 10,
  'test/drive/run.test.ts': 10,
  'test/protocols/protocols.test.ts': 10,
  'test/drive/board-imu.test.ts': 6,
  'test/drive/simulated-sensors.test.ts': 6,
};

for (const file of Object.keys(longest))
  if (!existsSync(join(import.meta.dirname, file)))
    throw new Error(`vitest.config.ts names ${file}, which is not there.`);

/** What acts in real time spread evenly over what computes, so that little of it meets; of each, the longest first. */
class Spread extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const pathOf = (file: TestSpecification) => relative(this.ctx.config.root, file.moduleId);
    const length = (file: TestSpecification) => longest[pathOf(file)] ?? 3;
    const order = ({ project }: TestSpecification) => project.config.sequence.groupOrder;
    // A process is kept for the next file of its project only.
    const projectOf = ({ project }: TestSpecification) => (project.config.isolate ? '' : project.name);
    const spread = (some: TestSpecification[]) => {
      const total = some.reduce((sum, file) => sum + length(file), 0);
      let before = 0;
      return some
        .sort((a, b) => projectOf(a).localeCompare(projectOf(b)) || length(b) - length(a))
        .map((file) => {
          const at = order(file) + before / total;
          before += length(file);
          return { file, at };
        });
    };
    const realTime = ({ project }: TestSpecification) =>
      project.config.setupFiles.some((file) => file.endsWith('/real-time.ts'));
    const groups = [...new Set(files.map(order))].map((group) => files.filter((file) => order(file) === group));
    return groups
      .flatMap((group) => [...spread(group.filter(realTime)), ...spread(group.filter((file) => !realTime(file)))])
      .sort((a, b) => a.at - b.at)
      .map(({ file }) => file);
  }
}

/** Tests of pages that have a car, or lose their controller, in real time. */
const pagesInRealTime = ['desk', 'garage', 'live', 'start-line', 'stop-all'].map(
  (name) => `test/pages/${name}.test.ts`,
);
/** Tests that can wait: they compute, or bear any delay. */
const patient = 'test/{days,docs,leaderboard,machines,model,online,package,repository}/**/*.test.ts';
const pages = 'test/pages/**/*.test.ts';
const drive = 'test/{drive,simulator}/**/*.test.ts';

export default defineConfig({
  test: {
    reporters: ['default', ['json', { outputFile: 'node_modules/.cache/pitwall/test-results.json' }]],
    sequence: { sequencer: Spread },
    projects: [
      project({ name: 'protocol', include: ['protocol/src/**/*.test.ts'], shared: true, group: 0 }),
      project({ name: 'runtime', include: ['protocol/runtime/src/**/*.test.ts'], shared: true, group: 0 }),
      project({ name: 'firmware-config', include: ['firmware-config/src/**/*.test.ts'], shared: true, group: 0 }),
      project({ name: 'agent', include: ['agent/{src,models}/**/*.test.ts'], shared: true, group: 0 }),
      project({
        name: 'controller',
        include: ['controller/src/**/*.test.ts'],
        globalSetup: ['test/postgres/setup.ts'],
        shared: true,
        group: 0,
      }),
      project({ name: 'web', include: ['controller/web/src/**/*.test.ts'], shared: true, group: 0 }),
      // What stops a car within a fraction of a second has nothing beside it but what gives way.
      project({ name: 'drive', include: [drive], realTime: 1, group: 0 }),
      project({ name: 'patient', include: [patient], group: 1 }),
      project({
        name: 'pages',
        include: [pages],
        exclude: pagesInRealTime,
        shared: true,
        group: 1,
      }),
      project({
        name: 'test',
        include: ['test/**/*.test.ts'],
        exclude: [drive, patient, pages],
        // With more than one file on each of two processors, cars and races in real time miss their deadlines.
        realTime: 2,
        group: 1,
      }),
      project({
        name: 'pages-live',
        include: pagesInRealTime,
        realTime: 2,
        group: 1,
      }),
    ],
  },
});
