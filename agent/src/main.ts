import { errorLine } from '@pitwall/protocol';
import { Command } from 'commander';
import { addCalibrate } from './commands/calibrate.js';
import { addCalibration } from './commands/calibration.js';
import { addDoctor } from './commands/doctor.js';
import { addEvaluate } from './commands/evaluate.js';
import { addModel } from './commands/model.js';
import { addNeutral } from './commands/neutral.js';
import { addProfile } from './commands/profile.js';
import { addRecording } from './commands/recording.js';
import { addReplay } from './commands/replay.js';
import { addRun } from './commands/run.js';
import { addSimulate } from './commands/simulate.js';
import { addTrack } from './commands/track.js';
import { version } from './version.js';

const program = new Command('pitwall-agent')
  .description('Drives one car with the racer’s own trained model.')
  .version(version)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .showHelpAfterError('(add --help for what is possible)');

addRun(program);
addEvaluate(program);
addTrack(program);
addModel(program);
addSimulate(program);
addNeutral(program);
addDoctor(program);
addCalibrate(program);
addCalibration(program);
addProfile(program);
addRecording(program);
addReplay(program);

try {
  await program.parseAsync();
} catch (error) {
  console.error(errorLine(error));
  process.exit(1);
}
