import { racerColours } from '@pitwall/protocol/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contrast, drawnAvatarOf } from './drawn-avatar.js';

describe('what is drawn of a racer', () => {
  it('has letters that are read on any ground and on its shade, by WCAG 1.4.3', () => {
    for (const colour of racerColours)
      for (const ground of [drawnAvatarOf('Ann', colour).ground, drawnAvatarOf('Ann', colour).shade])
        expect(contrast(ground, drawnAvatarOf('Ann', colour).ink), `${colour} ${ground}`).toBeGreaterThanOrEqual(4.5);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffff }), (value) => {
        const { ground, shade, ink } = drawnAvatarOf('Ann', `#${value.toString(16).padStart(6, '0')}`);
        return contrast(ground, ink) >= 4.5 && contrast(shade, ink) >= 4.5;
      }),
    );
  });

  it('reckons contrast as WCAG gives it', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  });

  it('follows from the name alone, and differs', () => {
    expect(drawnAvatarOf('Ann')).toEqual(drawnAvatarOf('Ann'));
    const looks = Array.from({ length: 200 }, (_, number) => drawnAvatarOf(`Racer ${number}`));
    expect(new Set(looks.map(({ ground }) => ground)).size).toBe(racerColours.length);
    expect(new Set(looks.map(({ ground, turn }) => `${ground} ${turn}`)).size).toBeGreaterThan(40);
  });

  it.each([
    ['Ann', 'A'],
    ['zoë überholspur', 'ZÜ'],
    ['team_blue-2', 'TB'],
    ['陳大文', '陳'],
    ['👩‍🚀 Ida', '👩‍🚀I'],
    ['Zoë'.normalize('NFD'), 'Z'],
  ])('names %s by %s', (alias, initials) => {
    expect(drawnAvatarOf(alias).initials).toBe(initials);
  });

  it('takes no colour that is none', () => {
    expect(drawnAvatarOf('Ann', 'url(x)').ground).toMatch(/^#[0-9a-f]{6}$/);
  });
});
