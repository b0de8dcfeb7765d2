import { boards } from './boards.js';
import { common } from './common.js';
import { evaluation } from './evaluation.js';
import { finals } from './finals.js';
import { forms } from './forms.js';
import { garage } from './garage.js';
import { gates } from './gates.js';
import { marshal } from './marshal.js';
import { online } from './online.js';
import { organizer } from './organizer.js';
import { race } from './race.js';
import { review } from './review.js';
import { seasons } from './seasons.js';
import { session } from './session.js';
import { shell } from './shell.js';
import { times } from './times.js';
import { track } from './track.js';
import { tracks } from './tracks.js';

export const words = {
  boards,
  common,
  evaluation,
  finals,
  forms,
  garage,
  gates,
  marshal,
  online,
  organizer,
  race,
  review,
  seasons,
  session,
  shell,
  times,
  track,
  tracks,
};
