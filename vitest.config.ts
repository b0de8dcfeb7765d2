import { defineConfig } from 'vitest/config';

const seconds = 1000;

interface Tests {
  readonly name: string;
  readonly include: string;
  readonly timeout?: number;
  readonly globalSetup?: string[];
  /** Groups run one after another. */
  readonly group?: number;
  /** Files at once: many of them wait for something most of the time. */
  readonly maxWorkers?: number;
  readonly exclude?: string[];
}

function project({
  name,
  include,
  timeout = 20 * seconds,
  globalSetup = [],
  group = 0,
  maxWorkers = 3,
  exclude = [],
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
      globalSetup,
      sequence: { groupOrder: group },
      maxWorkers,
    },
  };
}

export default defineConfig({
  test: {
    reporters: ['default', ['json', { outputFile: 'node_modules/.cache/pitwall/test-results.json' }]],
    projects: [
      project({ name: 'protocol', include: 'protocol/src/**/*.test.ts' }),
      project({ name: 'runtime', include: 'protocol/runtime/src/**/*.test.ts' }),
      project({ name: 'firmware-config', include: 'firmware-config/src/**/*.test.ts' }),
      project({ name: 'agent', include: 'agent/{src,models}/**/*.test.ts' }),
      project({ name: 'controller', include: 'controller/src/**/*.test.ts', globalSetup: ['test/postgres/setup.ts'] }),
      project({ name: 'web', include: 'controller/web/src/**/*.test.ts' }),
      project({
        name: 'test',
        include: 'test/**/*.test.ts',
        timeout: 120 * seconds,
        group: 1,
        maxWorkers: 2,
        exclude: ['test/race/**'],
      }),
      // Races in real time, one on each processor, want the machine for themselves.
      project({ name: 'race', include: 'test/race/**/*.test.ts', timeout: 120 * seconds, group: 2, maxWorkers: 2 }),
    ],
  },
});
