import { readdir } from 'node:fs/promises';

const endings = /\.(?:jpe?g|png|pgm|ppm)$/i;
/** `9_cam.jpg` comes before `10_cam.jpg`, whatever language this computer speaks. */
const natural = new Intl.Collator('en', { numeric: true }).compare;

/** The names of a folder's pictures in natural order; what a Mac hides beside them (`._1_cam.jpg`) is none. */
export async function listPictures(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => endings.test(name) && !name.startsWith('.'));
  return names.sort((a, b) => natural(a, b) || (a < b ? -1 : 1));
}
