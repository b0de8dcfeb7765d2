/**
 * Looks for the places from which our camera sees what published observations of the cloud simulator show, and writes both
 * beside each other, real left, ours right, as a PGM picture:
 *   node agent/dist/simulator/side-by-side.js TRACK.npy OUT.pgm OBSERVATION.pgm …
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { observationSize, type Pose, readTrack, World } from './index.js';

const { width, height } = observationSize;
const gap = 4;
const [trackFile, out, ...files] = process.argv.slice(2);
if (trackFile === undefined || out === undefined || files.length === 0) {
  console.error('Usage: node agent/dist/simulator/side-by-side.js TRACK.npy OUT.pgm OBSERVATION.pgm …');
  process.exit(2);
}
const world = new World({ track: readTrack(trackFile) });
const backwards = new World({ track: world.track.reversed() });
const frame = new Uint8Array(width * height);

function readPgm(file: string): Uint8Array {
  const bytes = readFileSync(file);
  if (!/^P5\s+160\s+120\s+255\s/.test(bytes.subarray(0, 32).toString('latin1'))) {
    console.error(`${file} is no 160×120 PGM picture.`);
    process.exit(1);
  }
  return bytes.subarray(bytes.length - width * height);
}

/** Mean difference of grey values between the picture and what the world sees from a place. */
function difference(of: World, pose: Pose, picture: Uint8Array): number {
  of.place(pose);
  of.renderGrey(frame);
  let sum = 0;
  for (let i = 0; i < frame.length; i++) sum += Math.abs((frame[i] as number) - (picture[i] as number));
  return sum / frame.length;
}

interface Found {
  readonly of: World;
  readonly along: number;
  readonly offset: number;
  readonly turn: number;
  readonly difference: number;
}

function search(picture: Uint8Array): Found {
  const compare = (of: World, along: number, offset: number, turn: number): Found => {
    const pose = of.startPose(along, offset);
    const found = difference(of, { ...pose, yaw: pose.yaw + turn }, picture);
    return { of, along, offset, turn, difference: found };
  };
  let best = compare(world, 0, 0, 0);
  const attempt = (of: World, along: number, offset: number, turn: number) => {
    const found = compare(of, along, offset, turn);
    if (found.difference < best.difference) best = found;
  };
  for (const of of [world, backwards]) {
    for (let along = 0; along < of.track.lengthM; along += 0.15) {
      for (let offset = -0.3; offset < 0.31; offset += 0.1) {
        for (let turn = -0.6; turn < 0.61; turn += 0.1) attempt(of, along, offset, turn);
      }
    }
  }
  for (let step = 0.5; step > 0.02; step *= 0.7) {
    const { of, along, offset, turn } = best;
    for (const [s, o, t] of [
      [0.15, 0, 0],
      [0, 0.1, 0],
      [0, 0, 0.1],
      [0.15, 0, 0.1],
      [0, 0.1, 0.1],
      [0, 0.1, -0.1],
    ] as const) {
      for (const sign of [-step, step]) attempt(of, along + s * sign, offset + o * sign, turn + t * sign);
    }
  }
  return best;
}

const sheetWidth = 2 * width + gap;
const sheet = new Uint8Array(sheetWidth * (files.length * (height + gap) - gap)).fill(255);
files.forEach((file, index) => {
  const picture = readPgm(file);
  const { of, along, offset, turn, difference: mean } = search(picture);
  const pose = of.startPose(along, offset);
  of.place({ ...pose, yaw: pose.yaw + turn });
  of.renderGrey(frame);
  for (let row = 0; row < height; row++) {
    const at = (index * (height + gap) + row) * sheetWidth;
    sheet.set(picture.subarray(row * width, (row + 1) * width), at);
    sheet.set(frame.subarray(row * width, (row + 1) * width), at + width + gap);
  }
  const degrees = ((turn * 180) / Math.PI).toFixed(1);
  console.log(
    `${basename(file)}: mean difference ${mean.toFixed(1)} of 255, ${of.track.direction}, ${along.toFixed(2)} m after the start, ${offset.toFixed(2)} m left, turned ${degrees}°`,
  );
});
writeFileSync(out, Buffer.concat([Buffer.from(`P5\n${sheetWidth} ${sheet.length / sheetWidth}\n255\n`), sheet]));
