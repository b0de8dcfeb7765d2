import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const seconds = 1000;

interface Tests {
  readonly name: string;
  readonly include: string;
  readonly timeout?: number;
  readonly globalSetup?: string[];
  readonly exclude?: string[];
  /** Its files share processes, and what they import: none leaves anything behind that another one would see. */
  readonly shared?: boolean;
  /** Groups run one after another. */
  readonly group?: number;
  /** Files at once. */
  readonly maxWorkers?: number;
}

function project({
  name,
  include,
  timeout = 60 * seconds,
  globalSetup = [],
  exclude = [],
  shared = false,
  group = 0,
  maxWorkers = 3,
}: Tests) {
  return {
    test: {
      environment: 'node' as const,
      pool: 'forks' as const,
      name,
      include: [include],
      exclude: ['**/node_modules/**', '**/dist/**', ...exclude],
      testTimeout: timeout,
      // Services that a busy machine starts slowly are started in hooks.
      hookTimeout: timeout,
      // A test waits for the event; the limit is for what never comes.
      expect: { poll: { timeout: timeout / 2 } },
      globalSetup,
      isolate: !shared,
      // What is built runs as it is.
      server: { deps: { external: [/\/dist\//] } },
      sequence: { groupOrder: group },
      maxWorkers,
    },
  };
}

/** Seconds that the longest files take, each alone on the machine. */
const longest: Readonly<Record<string, number>> = {
  'test/pages/desk.test.ts': 110,
  'test/leaderboard/forwarding.test.ts': 100,
  'test/race/race.test.ts': 95,
  'test/pages/online.test.ts': 90,
  'test/pages/staff.test.ts': 80,
  'test/online/faults.test.ts': 80,
  'test/gates/another-computer.test.ts': 75,
  'test/pages/start-line.test.ts': 70,
  'test/model/second-opinion.test.ts': 65,
  'test/model/agreement.test.ts': 65,
  'test/model/archives.test.ts': 60,
  'test/drive/devices.test.ts': 60,
  'test/car/models.test.ts': 55,
  'test/race-faults/kills.test.ts': 55,
  'test/pages/live.test.ts': 55,
  'test/pages/pages.test.ts': 55,
  'test/pages/stop-all.test.ts': 50,
  'test/pages/languages.test.ts': 45,
  'test/pages/garage.test.ts': 45,
  'test/pages/crowd.test.ts': 40,
  'test/drive/stop.test.ts': 40,
  'test/race/live.test.ts': 40,
  'test/model/readings.test.ts': 35,
  'test/model/commands.test.ts': 35,
  'test/car/two-computers.test.ts': 35,
  'test/model/limits.test.ts': 35,
  'test/model/operations.test.ts': 30,
  'test/car/doctor.test.ts': 30,
  'test/drive/recording.test.ts': 25,
  'test/online/race.test.ts': 25,
  'test/simulator/faults.test.ts': 25,
  'test/model/hostile-networks.test.ts': 20,
  'test/model/no-telemetry.test.ts': 20,
  'test/drive/lost-stops.test.ts': 20,
  'test/gates/stepped-clock.test.ts': 20,
  'test/car/run-speed.test.ts': 20,
  'test/car/calibrate.test.ts': 20,
  'agent/src/evaluation/evaluate.test.ts': 75,
  'agent/models/training/sample.test.ts': 30,
  'controller/src/race/desk/only-people-start.test.ts': 35,
  'controller/src/commands/gate.test.ts': 35,
  'controller/src/submissions/evaluator.test.ts': 35,
  'controller/src/race/desk/desk-properties.test.ts': 20,
};

for (const file of Object.keys(longest))
  if (!existsSync(join(import.meta.dirname, file)))
    throw new Error(`vitest.config.ts names ${file}, which is not there.`);

/** The longest files first, what computes beside what waits; what shares processes last, project by project. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const pathOf = (file: TestSpecification) => relative(this.ctx.config.root, file.moduleId);
    const length = (file: TestSpecification) => longest[pathOf(file)] ?? 3;
    const spread = (group: TestSpecification[]) => {
      const total = group.reduce((sum, file) => sum + length(file), 0);
      let before = 0;
      return group
        .sort((a, b) => length(b) - length(a))
        .map((file) => {
          const at = before / total;
          before += length(file);
          return { file, at };
        });
    };
    const isShared = ({ project }: TestSpecification) => !project.config.isolate;
    const computes = (file: TestSpecification) => /^test\/(model|pages)\//.test(pathOf(file));
    const alone = files.filter((file) => !isShared(file));
    const mixed = [...spread(alone.filter(computes)), ...spread(alone.filter((file) => !computes(file)))].sort(
      (a, b) => a.at - b.at,
    );
    const shared = files
      .filter(isShared)
      .sort((a, b) => a.project.name.localeCompare(b.project.name) || length(b) - length(a));
    return [...mixed.map(({ file }) => file), ...shared];
  }
}

export default defineConfig({
  test: {
    reporters: ['default', ['json', { outputFile: 'node_modules/.cache/pitwall/test-results.json' }]],
    sequence: { sequencer: LongestFirst },
    projects: [
      project({ name: 'protocol', include: 'protocol/src/**/*.test.ts', shared: true }),
      project({ name: 'runtime', include: 'protocol/runtime/src/**/*.test.ts', shared: true }),
      project({ name: 'firmware-config', include: 'firmware-config/src/**/*.test.ts', shared: true }),
      project({ name: 'agent', include: 'agent/{src,models}/**/*.test.ts', shared: true }),
      project({
        name: 'controller',
        include: 'controller/src/**/*.test.ts',
        globalSetup: ['test/postgres/setup.ts'],
        shared: true,
      }),
      project({ name: 'web', include: 'controller/web/src/**/*.test.ts', shared: true }),
      // With more than one file on each of two processors, cars and races in real time miss their deadlines.
      project({
        name: 'test',
        include: 'test/**/*.test.ts',
        timeout: 120 * seconds,
        exclude: ['test/race/**', 'test/drive/**', 'test/simulator/**'],
        group: 1,
        maxWorkers: 2,
      }),
      project({ name: 'race', include: 'test/race/**/*.test.ts', timeout: 120 * seconds, group: 2, maxWorkers: 2 }),
      // What stops a car within a fraction of a second wants the machine for itself.
      project({
        name: 'drive',
        include: 'test/{drive,simulator}/**/*.test.ts',
        timeout: 120 * seconds,
        group: 3,
        maxWorkers: 1,
      }),
    ],
  },
});
