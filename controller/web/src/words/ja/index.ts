import type { Words } from '../words.js';
import { accounts } from './accounts.js';
import { boards } from './boards.js';
import { common } from './common.js';
import { evaluation } from './evaluation.js';
import { finals } from './finals.js';
import { forms } from './forms.js';
import { gates } from './gates.js';
import { race } from './race.js';
import { racers } from './racers.js';
import { seasons } from './seasons.js';
import { session } from './session.js';
import { shell } from './shell.js';
import { times } from './times.js';
import { track } from './track.js';

export const words: Words = {
  accounts,
  boards,
  common,
  evaluation,
  finals,
  forms,
  gates,
  race,
  racers,
  seasons,
  session,
  shell,
  times,
  track,
};
