/**
 * The actuator process: detached from the agent's process group (Ctrl-Z stops the agent, not this), it alone holds the
 * outputs. Whatever happens to it, it leaves them neutral: its parent dies, a signal comes, an exception nobody caught.
 */
import type { DrivetrainProfile, ImuProfile } from '@pitwall/firmware-config';
import { loadDrivetrain, now } from '../../hardware/index.js';
import { Actuator } from './actuator.js';
import type { FromActuator, ToActuator } from './messages.js';

const { profile, imu } = JSON.parse(process.argv[2] ?? '') as { profile: DrivetrainProfile; imu?: ImuProfile };

const tell = (message: FromActuator): void => {
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
};
const lost = (message: string): void => {
  tell({ type: 'lost', message });
  end(1);
};

let actuator: Actuator | undefined;
let beginning = Promise.resolve();
/** A drivetrain that hangs in its last neutral (or on its way to the first) must not keep the process, in ms. */
const endsWithinMs = { begun: 500, beginning: 2000 } as const;
let begun = false;
let ending = false;
function end(code: number): void {
  if (ending) return;
  ending = true;
  const gone = () => process.exit(code);
  setTimeout(gone, begun ? endsWithinMs.begun : endsWithinMs.beginning).unref();
  // One that begins writes neutral before anything else: it is waited for.
  beginning.then(() => actuator?.stop()).then(gone, gone);
}

process.on('disconnect', () => end(0));
// The agent may have gone while this process loaded its code.
if (!process.connected) end(0);
// Every signal that ends or stops a process and can be caught; signal(7). A fault of the processor cannot, in JavaScript.
for (const signal of [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGABRT',
  'SIGALRM',
  'SIGTERM',
  'SIGUSR1',
  'SIGUSR2',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGVTALRM',
  'SIGPROF',
  'SIGIO',
  'SIGPWR',
  'SIGSYS',
  'SIGTRAP',
  'SIGSTKFLT',
] as const) {
  process.on(signal, () => end(0));
}
process.on('uncaughtException', (error) => lost(error.message));
process.on('unhandledRejection', (error) => lost(error instanceof Error ? error.message : String(error)));

async function begin(): Promise<void> {
  const drivetrain = await load({
    onLost: lost,
    onTripped: () => tell({ type: 'tripped' }),
    imu: {
      motion: (motion) => tell({ type: 'motion', motion }),
      lost: (message) => tell({ type: 'imu-lost', message }),
      found: () => tell({ type: 'imu-found' }),
    },
  });
  actuator = new Actuator({
    drivetrain,
    now,
    tell: (message) => (message.type === 'lost' ? lost(message.message) : tell(message)),
  });
  await actuator.start();
  begun = true;
}

const load = await loadDrivetrain(profile, imu);
process.on('message', (message) => {
  const told = message as ToActuator;
  if (told.type === 'end') end(0);
  else if (told.type === 'begin') beginning = begin();
  else actuator?.take(told);
});
