import { Scene } from '@pitwall/protocol/api';

/** What the address of an overlay asks for. */
export interface OverlayOptions {
  /** A CSS colour that a mixer takes out; `transparent` where it needs none. */
  readonly background: string;
  /** Always the same; null: what the commentator wants. */
  readonly scene: Scene | null;
  readonly position: 'bottom' | 'top';
  /** Rows of the standings beside the picture; 0: none. */
  readonly tower: number;
  readonly scale: number;
  readonly pictures: boolean;
}

const chroma: Readonly<Record<string, string>> = { green: '#00b140', blue: '#0047bb', magenta: '#ff00ff' };

/** Whatever the address says: what it says wrongly is as if it had said nothing. */
export function overlayOptions(query: string): OverlayOptions {
  const asked = new URLSearchParams(query);
  const background = asked.get('background') ?? 'transparent';
  const scene = Scene.safeParse(asked.get('scene'));
  const number = (name: string, least: number, most: number, otherwise: number) => {
    const text = asked.get(name);
    const value = text === null || text.trim() === '' ? Number.NaN : Number(text);
    return Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : otherwise;
  };
  return {
    background: chroma[background] ?? (/^[0-9a-f]{6}$/i.test(background) ? `#${background}` : 'transparent'),
    scene: scene.success && scene.data !== 'auto' ? scene.data : null,
    position: asked.get('position') === 'top' ? 'top' : 'bottom',
    tower: Math.round(number('tower', 0, 20, 0)),
    scale: number('scale', 0.5, 2, 1),
    pictures: asked.get('pictures') !== 'no',
  };
}
