import { defineConfig } from 'vitest/config';

/**
 * What Stryker runs (`npm run mutate`): the tests beside the rules that it changes, and nothing of who uses them. Without the
 * properties, whose sequences are drawn anew each time: a mutant that only luck finds is not found.
 */
export default defineConfig({
  test: {
    environment: 'node',
    include: [`src/${process.env.PITWALL_MUTATE ?? '{race,ranking}'}/**/*.test.ts`],
    exclude: ['src/race/*properties.test.ts'],
    // Instrumented, and perhaps on a busy machine.
    testTimeout: 60_000,
  },
});
