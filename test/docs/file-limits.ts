import { archiveLimits } from '@pitwall/agent/model';
import { importLimits } from '@pitwall/controller/imports';
import { uploadLimits } from '@pitwall/controller/tracks';
import { ownModelsLimit, pictureLimits, portraitLimits } from '@pitwall/protocol/api';
import { trackLimits } from '@pitwall/protocol/track';
import { releaseLimit } from '@pitwall/runtime';

const mega = (bytes: number) => `${bytes / 2 ** 20} MiB`;
const count = (value: number) => value.toLocaleString('en-US');

/** How much of what is handed in is taken, and why, by what it is; out of the code that refuses. */
export const fileLimits: Readonly<Record<string, readonly (readonly [what: string, most: string, why: string])[]>> = {
  Models: [
    ['an archive', mega(archiveLimits.packed), 'the largest of DeepRacer’s trainings has 60 MB'],
    ['the same, unpacked', mega(archiveLimits.unpacked), 'a small archive can unpack to more than a car’s disk'],
    ['files in it', count(archiveLimits.entries), 'the same, by number'],
    ['one network', mega(archiveLimits.network), 'it is read into a car’s memory'],
    [
      'one text in it; all of them',
      `${mega(archiveLimits.text)}; ${mega(archiveLimits.texts)}`,
      'descriptions have a few kB',
    ],
    ['models of a racer', count(ownModelsLimit), 'the disk of a laptop is shared by everybody at the event'],
  ],
  'Versions of the agent': [['an archive', mega(releaseLimit), 'one has some 80 MB']],
  Racers: [
    [
      'a picture of oneself',
      `${mega(portraitLimits.bytes)}, ${count(portraitLimits.pixels)} pixels a side`,
      'a phone’s photograph; a square of 256 pixels is kept',
    ],
  ],
  Tracks: [
    ['a file', mega(trackLimits.fileBytes), '100,000 points as text'],
    ['points', count(trackLimits.points), 'the pages draw them'],
    ['length', `${trackLimits.lengthM} m`, 'the largest route of the cloud service is 101 m long'],
    [
      'room',
      `${trackLimits.sideM} m each way, ${trackLimits.areaM2} m²`,
      'the simulator’s floor takes memory by the square metre',
    ],
    [
      'one that is uploaded',
      `${mega(uploadLimits.bytes)}, ${count(uploadLimits.points)} points`,
      'every page that shows it loads it',
    ],
    ['uploaded tracks', count(uploadLimits.tracks), 'anybody who may upload could fill the disk'],
  ],
  Events: [
    [
      'a sponsor’s picture',
      `${mega(pictureLimits.bytes)}, ${count(pictureLimits.pixels)} pixels a side`,
      'a projector shows no more',
    ],
    ['pictures of an event', count(pictureLimits.count), 'each is shown long enough to be seen'],
  ],
  'Laps of other programs': [
    [
      'a file',
      `${mega(importLimits.bytes)}, ${count(importLimits.rows)} rows, ${count(importLimits.cell)} characters a cell`,
      'a season of a club has a tenth',
    ],
  ],
};
