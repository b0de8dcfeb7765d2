import { errorLine } from '@pitwall/protocol';
import { Command } from 'commander';
import { version } from './config/index.js';

/** What is not named is not loaded: `neutral` must not wait for a network runtime. */
const commands: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  join: async () => (await import('./commands/join.js')).addJoin,
  run: async () => (await import('./commands/run.js')).addRun,
  evaluate: async () => (await import('./commands/evaluate.js')).addEvaluate,
  track: async () => (await import('./commands/track.js')).addTrack,
  model: async () => (await import('./commands/model.js')).addModel,
  simulate: async () => (await import('./commands/simulate.js')).addSimulate,
  neutral: async () => (await import('./commands/neutral.js')).addNeutral,
  doctor: async () => (await import('./commands/doctor.js')).addDoctor,
  calibrate: async () => (await import('./commands/calibrate.js')).addCalibrate,
  calibration: async () => (await import('./commands/calibration.js')).addCalibration,
  profile: async () => (await import('./commands/profile.js')).addProfile,
  recording: async () => (await import('./commands/recording.js')).addRecording,
  install: async () => (await import('./commands/install.js')).addInstall,
  uninstall: async () => (await import('./commands/install.js')).addUninstall,
  replay: async () => (await import('./commands/replay.js')).addReplay,
};

const program = new Command('pitwall-agent')
  .description('Drives one car with the racer’s own trained model.')
  .version(version)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .showHelpAfterError('(add --help for what is possible)');

try {
  // Without a command, or with one that is none, the help names them all.
  const named = process.argv[2] ?? '';
  const loads = Object.hasOwn(commands, named) ? [commands[named]!] : Object.values(commands);
  for (const load of loads) (await load())(program);
  await program.parseAsync();
} catch (error) {
  console.error(errorLine(error));
  process.exit(1);
}
