import { accountMigrations, peopleMigrations } from '../accounts/index.js';
import { eventMigrations } from '../events/index.js';
import { forwardingMigrations } from '../forwarding/index.js';
import { garageMigrations } from '../garage/index.js';
import { leaderboardMigrations } from '../leaderboard/index.js';
import { onlineRaceMigrations } from '../online-races/index.js';
import { raceMigrations } from '../race/index.js';
import { runRecordingMigrations } from '../run-recordings/index.js';
import { standbyMigrations } from '../standby/index.js';
import type { Migrations } from '../store/index.js';
import { submissionMigrations } from '../submissions/index.js';
import { trackMigrations } from '../tracks/index.js';

/** The tables of every folder: whoever opens a controller's database opens it with all of them. */
export const allMigrations: readonly Migrations[] = [
  accountMigrations,
  peopleMigrations,
  leaderboardMigrations,
  forwardingMigrations,
  raceMigrations,
  garageMigrations,
  onlineRaceMigrations,
  submissionMigrations,
  trackMigrations,
  eventMigrations,
  runRecordingMigrations,
  standbyMigrations,
];
