import { defineConfig } from 'vitest/config';

const seconds = 1000;

function project(name: string, include: string, testTimeout: number, globalSetup: string[] = []) {
  return {
    test: { environment: 'node' as const, pool: 'forks' as const, name, include: [include], testTimeout, globalSetup },
  };
}

export default defineConfig({
  test: {
    reporters: ['default', ['json', { outputFile: 'node_modules/.cache/pitwall/test-results.json' }]],
    projects: [
      project('protocol', 'protocol/src/**/*.test.ts', 20 * seconds),
      project('firmware-config', 'firmware-config/src/**/*.test.ts', 20 * seconds),
      project('agent', 'agent/{src,models}/**/*.test.ts', 20 * seconds),
      project('controller', 'controller/src/**/*.test.ts', 20 * seconds, ['test/postgres/setup.ts']),
      project('web', 'controller/web/src/**/*.test.ts', 20 * seconds),
      project('test', 'test/**/*.test.ts', 120 * seconds),
    ],
  },
});
