import { racerColours } from '@pitwall/protocol/api';

/** What is drawn of somebody who has sent no picture: the same wherever their name stands. */
export interface DrawnAvatar {
  /** One or two letters. */
  readonly initials: string;
  readonly ground: string;
  /** Behind the letters, and further from their colour than the ground is. */
  readonly shade: string;
  readonly ink: '#000000' | '#ffffff';
  /** Which way the shade lies, degrees. */
  readonly turn: number;
}

/** FNV-1a, 32 bits: so that names that differ in one letter look different (Fowler, Noll and Vo). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

type Rgb = readonly [red: number, green: number, blue: number];
const each = ([red, green, blue]: Rgb, change: (part: number) => number): Rgb => [
  change(red),
  change(green),
  change(blue),
];
const rgbOf = (colour: string): Rgb => each([1, 3, 5], (at) => Number.parseInt(colour.slice(at, at + 2), 16));
const hexOf = (colour: Rgb): string =>
  `#${colour.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;

/** WCAG 2.2, relative luminance. */
function luminance(colour: string): number {
  const [red, green, blue] = each(rgbOf(colour), (part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG 2.2, contrast ratio: 1 to 21. */
export function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((one, other) => other - one) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const firstOf = (word: string): string => [...graphemes.segment(word)][0]?.segment ?? '';

/** @param colour the racer's own; where it is none, one follows from the alias */
export function drawnAvatarOf(alias: string, colour?: string): DrawnAvatar {
  const hash = hashOf(alias.normalize('NFC'));
  const ground =
    colour !== undefined && /^#[0-9a-f]{6}$/i.test(colour)
      ? colour
      : (racerColours[hash % racerColours.length] ?? '#1c7ed6');
  const ink = contrast(ground, '#ffffff') >= contrast(ground, '#000000') ? '#ffffff' : '#000000';
  const away = ink === '#ffffff' ? 0 : 255;
  const shade = hexOf(each(rgbOf(ground), (part) => part + (away - part) * 0.22));
  const [first = '', second = ''] = alias.split(/[\s._-]+/).filter((word) => word !== '');
  const initials = `${firstOf(first)}${firstOf(second)}`.toLocaleUpperCase();
  return { initials, ground, shade, ink, turn: (Math.floor(hash / 64) % 8) * 45 };
}
