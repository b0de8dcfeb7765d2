/** A unit in which people measure tracks, in metres. */
export const units = { m: 1, cm: 0.01, mm: 0.001, in: 0.0254, ft: 0.3048 } as const;
export type Unit = keyof typeof units;

export const unitNames: Readonly<Record<Unit, string>> = {
  m: 'metres',
  cm: 'centimetres',
  mm: 'millimetres',
  in: 'inches',
  ft: 'feet',
};

/**
 * Widths of road that say in which unit they are. The cloud service's and the league's roads are 0.58 to 1.45 m wide: 1.9 to
 * 4.8 feet, 23 to 57 inches, 58 to 145 cm, 580 to 1450 mm.
 */
const widths: readonly (readonly [Unit, number, number])[] = [
  ['m', 0.2, 1.75],
  ['ft', 1.75, 5.5],
  ['in', 18, 57.5],
  ['cm', 57.5, 180],
  ['mm', 500, 1800],
];

/** The unit that a road's width tells; undefined where no road is so wide in any of them. */
export function unitOf(width: number): Unit | undefined {
  return widths.find(([, least, most]) => width >= least && width < most)?.[0];
}
