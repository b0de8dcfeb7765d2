import { errorLine } from '@pitwall/protocol';
import { Command, CommanderError } from 'commander';
import { version } from '../config/index.js';

/** What is not named is not loaded: `neutral` must not wait for a network runtime. */
const commands: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  join: async () => (await import('./join.js')).addJoin,
  run: async () => (await import('./run.js')).addRun,
  evaluate: async () => (await import('./evaluate.js')).addEvaluate,
  track: async () => (await import('./track.js')).addTrack,
  model: async () => (await import('./model.js')).addModel,
  simulate: async () => (await import('./simulate.js')).addSimulate,
  neutral: async () => (await import('./neutral.js')).addNeutral,
  doctor: async () => (await import('./doctor.js')).addDoctor,
  calibrate: async () => (await import('./calibrate.js')).addCalibrate,
  calibration: async () => (await import('./calibration.js')).addCalibration,
  profile: async () => (await import('./profile.js')).addProfile,
  recording: async () => (await import('./recording.js')).addRecording,
  install: async () => (await import('./install.js')).addInstall,
  uninstall: async () => (await import('./install.js')).addUninstall,
  replay: async () => (await import('./replay.js')).addReplay,
};

/**
 * Does what a command line without the program's name says.
 * @returns the exit code of one that is wrong (2), asked for help (0) or did not succeed (1); undefined where nothing speaks against 0
 */
export async function runCommand(args: readonly string[]): Promise<number | undefined> {
  const program = new Command('pitwall-agent')
    .description('Drives one car with the racer’s own trained model.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(add --help for what is possible)');
  try {
    // Without a command, or with one that is none, the help names them all.
    const named = args[0] ?? '';
    const loads = Object.hasOwn(commands, named) ? [commands[named]!] : Object.values(commands);
    for (const load of loads) (await load())(program);
    await program.parseAsync(args, { from: 'user' });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    console.error(errorLine(error));
    return 1;
  }
}
