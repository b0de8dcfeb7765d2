import { describe, expect, it } from 'vitest';

interface Import {
  readonly name: string;
  readonly lazy: boolean;
  readonly file?: string;
}

const check: { wrongImports(imports: Map<string, Import[]>): string[] } = await import(
  '../../.ci/check-arrows.mjs' as string
);
const wrong = (file: string, name: string, target?: string, lazy = false) =>
  check.wrongImports(new Map([[file, [{ name, lazy, ...(target === undefined ? {} : { file: target }) }]]]));

describe('the table of arrows', () => {
  it.each([
    ['agent/src/model/index.ts', '../driving/index.js', 'agent/src/driving/index.ts', 'model may not use driving'],
    ['agent/src/link/link.ts', '@pitwall/controller', undefined, 'agent may not use controller'],
    ['controller/src/http/x.ts', '../race/desk/desk.js', 'controller/src/race/desk/desk.ts', 'through its index.ts'],
    ['protocol/src/race/run.ts', 'node:fs', undefined, 'protocol does no I/O'],
    ['agent/src/brakes/x.ts', '../model/index.js', 'agent/src/model/index.ts', 'does not stand in the table'],
  ])('refuses %s importing %s', (file, name, target, why) => {
    expect(wrong(file, name, target)).toEqual([expect.stringContaining(why)]);
  });

  it.each([
    ['agent/src/driving/loop.ts', '../model/index.js', 'agent/src/model/index.ts'],
    ['agent/src/driving/loop.ts', '@pitwall/protocol/policy', undefined],
    ['controller/src/http/x.test.ts', '../race/desk/desk.js', 'controller/src/race/desk/desk.ts'],
  ])('allows %s importing %s', (file, name, target) => {
    expect(wrong(file, name, target)).toEqual([]);
  });

  it('lets what is loaded only when needed name its file', () => {
    expect(wrong('agent/src/doctor/x.ts', '../hardware/imu.js', 'agent/src/hardware/imu.ts', true)).toEqual([]);
  });

  it('refuses a circle of files, also through types', () => {
    const a = { name: './b.js', lazy: false, file: 'agent/src/model/b.ts' };
    const b = { name: './a.js', lazy: false, file: 'agent/src/model/a.ts' };
    expect(
      check.wrongImports(
        new Map([
          ['agent/src/model/a.ts', [a]],
          ['agent/src/model/b.ts', [b]],
        ]),
      ),
    ).toEqual([expect.stringMatching(/^A circle of files: .*a\.ts.*b\.ts|^A circle of files: .*b\.ts.*a\.ts/)]);
  });
});
