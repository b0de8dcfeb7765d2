import { defineConfig } from 'vitest/config';

const node = { environment: 'node' as const, pool: 'forks' as const };

export default defineConfig({
  test: {
    reporters: ['default', ['json', { outputFile: 'node_modules/.cache/pitwall/test-results.json' }]],
    projects: ['protocol', 'firmware-config', 'agent', 'controller']
      .map((name) => ({
        test: {
          ...node,
          name,
          include: [`${name}/src/**/*.test.ts`],
          testTimeout: 20_000,
          globalSetup: name === 'controller' ? ['test/postgres/setup.ts'] : [],
        },
      }))
      .concat([
        { test: { ...node, name: 'test', include: ['test/**/*.test.ts'], testTimeout: 120_000, globalSetup: [] } },
      ]),
  },
});
