import { drivetrainContract } from '../../../testing/drivetrain-contract.js';
import { RecordingDrivetrain } from '../../../testing/recording-drivetrain.js';

drivetrainContract('the one that only remembers', async () => {
  const drivetrain = new RecordingDrivetrain();
  return {
    make: () => drivetrain,
    outputs: () => {
      const { last, enabled } = drivetrain;
      return last === undefined ? undefined : { ...last, throttle: enabled === true ? last.throttle : 0 };
    },
    takeAway: () => {
      drivetrain.fail = true;
    },
    stop: async () => {},
  };
});
