import { describe, expect, it } from 'vitest';
import { modelFamily } from './model-family.js';

describe('the family of a model', () => {
  it.each([
    ['reinvent-v3', 'reinvent'],
    ['Reinvent_v3-clone-clone', 'reinvent'],
    ['reinvent 4', 'reinvent'],
    ['reinvent-2024-12', 'reinvent'],
    ['oval-fast-v2.1.tar.gz', 'oval-fast'],
    ['oval-fast (2)', 'oval-fast'],
    ['v8-monster', 'v8-monster'],
    ['sample', 'sample'],
    ['42', '42'],
    ['v3', 'v3'],
    ['  ', ''],
    ['モデル-2', 'モデル'],
  ])('of %s is %s', (name, family) => {
    expect(modelFamily(name)).toBe(family);
  });
});
