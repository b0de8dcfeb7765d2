import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { PitwallError } from '@pitwall/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { readPicture } from '../model/index.js';
import {
  type FoundView,
  findViews,
  observationSize,
  type PictureDifference,
  pictureDifference,
  readTrackAsIs,
} from '../simulator/index.js';

/** A picture, ours from the same place, and by how much they differ. */
interface Compared {
  readonly picture: string;
  readonly track: string;
  readonly direction: string;
  readonly alongM: number;
  readonly offsetM: number;
  readonly turnDeg: number;
  readonly agreement: number;
  readonly ours: PictureDifference;
  /** Of the picture before it in the list, of the real camera as well; null of the first. */
  readonly neighbour: PictureDifference | null;
}

export function addLook(simulate: Command): void {
  simulate
    .command('look')
    .description(
      'put pictures of the cloud simulator’s camera beside ours from the same places, and measure how they differ',
    )
    .argument('<pictures...>', 'PGM or PNG, in the order they were taken: each is measured against the one before, too')
    .requiredOption('--track <file...>', 'where they were taken; of several that on which each is found best')
    .option('--out <file>', 'a .pgm file with each picture beside ours', pgm)
    .option('--json', 'print one JSON object')
    .action(look);
}

function pgm(text: string): string {
  if (!text.endsWith('.pgm')) throw new InvalidArgumentError('must be named *.pgm.');
  return text;
}

async function look(files: string[], flags: { track: string[]; out?: string; json?: true }): Promise<void> {
  const pictures = await Promise.all(files.map(readPicture));
  const found: FoundView[] = [];
  for (const file of flags.track) {
    findViews(readTrackAsIs(file).track, pictures).forEach((view, at) => {
      if (view.agreement > (found[at]?.agreement ?? -1)) found[at] = view;
    });
  }
  const compared = pictures.map((picture, at): Compared => {
    const { track, direction, along, offset, turn, agreement, frame } = found[at] as FoundView;
    const before = pictures[at - 1];
    return {
      picture: basename(files[at] as string),
      track,
      direction,
      alongM: along,
      offsetM: offset,
      turnDeg: (turn * 180) / Math.PI,
      agreement,
      ours: pictureDifference(picture, frame),
      neighbour: before === undefined ? null : pictureDifference(picture, before),
    };
  });
  if (flags.out !== undefined) write(flags.out, sheetOf(pictures, found));
  if (flags.json === true) return console.log(JSON.stringify({ pictures: compared }));
  console.log('differences in grey levels of 255:       edges  histogram   real neighbour: edges  histogram');
  const level = (value: number | undefined) => (value === undefined ? '–' : value.toFixed(1)).padStart(5);
  for (const { picture, ours, neighbour, ...place } of compared) {
    const [a, b, c, d] = [ours.edges, ours.histogram, neighbour?.edges, neighbour?.histogram].map(level);
    console.log(`${picture.padEnd(41)}${a}      ${b}                   ${c}      ${d}`);
    const side = place.offsetM < 0 ? 'right' : 'left';
    console.log(
      `  found ${place.alongM.toFixed(2)} m after the start of ${place.track} (${place.direction}), ${Math.abs(place.offsetM).toFixed(2)} m ${side}, turned ${place.turnDeg.toFixed(1)}°, agreement ${place.agreement.toFixed(2)}`,
    );
  }
}

/** Real left, ours right, one pair below the other. */
function sheetOf(pictures: readonly Uint8Array[], found: readonly FoundView[]): Buffer {
  const { width, height } = observationSize;
  const gap = 4;
  const sheetWidth = 2 * width + gap;
  const sheet = new Uint8Array(sheetWidth * (pictures.length * (height + gap) - gap)).fill(255);
  pictures.forEach((picture, index) => {
    const { frame } = found[index] as FoundView;
    for (let row = 0; row < height; row++) {
      const at = (index * (height + gap) + row) * sheetWidth;
      sheet.set(picture.subarray(row * width, (row + 1) * width), at);
      sheet.set(frame.subarray(row * width, (row + 1) * width), at + width + gap);
    }
  });
  return Buffer.concat([Buffer.from(`P5\n${sheetWidth} ${sheet.length / sheetWidth}\n255\n`), sheet]);
}

function write(file: string, content: Uint8Array): void {
  try {
    writeFileSync(file, content);
  } catch (cause) {
    throw new PitwallError('output-failed', `${file} cannot be written.`, { cause });
  }
}
