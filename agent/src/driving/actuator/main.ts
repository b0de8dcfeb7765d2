/**
 * The actuator process: detached from the agent's process group (Ctrl-Z stops the agent, not this), it alone holds the
 * outputs. Whatever happens to it, it leaves them neutral: its parent dies, a signal comes, an exception nobody caught.
 */

import { execFile } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import type { DrivetrainProfile } from '@pitwall/firmware-config';
import { now } from '@pitwall/runtime';
import { type DrivetrainUse, loadDrivetrain, neutralAlone } from '../../hardware/index.js';
import { Actuator } from './actuator.js';
import type { FromActuator, ToActuator } from './messages.js';

const { profile, use } = JSON.parse(process.argv[2] ?? '') as { profile: DrivetrainProfile; use: DrivetrainUse };

const tell = (message: FromActuator): void => {
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
};
const lost = (message: string): void => {
  tell({ type: 'lost', message });
  end(1);
};

let actuator: Actuator | undefined;
let beginning: Promise<void> | undefined;
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
  Promise.resolve(beginning)
    .then(() => actuator?.stop())
    .then(gone, gone);
}

/**
 * A spare process outlived its agent, and who held the outputs may be dead, too: neutral, as soon as a port is free. Where it
 * is not within 3 s, somebody holds it who hangs.
 */
async function neutralAfterAll(): Promise<void> {
  for (let tries = 0; tries < 30 && beginning === undefined; tries += 1) {
    try {
      await neutralAlone(profile, use);
      break;
    } catch {
      await wait(100);
    }
  }
  end(0);
}

const orphaned = () => (beginning === undefined ? void neutralAfterAll() : end(0));
process.on('disconnect', orphaned);
// The agent may have gone while this process loaded its code.
if (!process.connected) orphaned();
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

/** Real time, where this user may (LimitRTPRIO): nothing on this computer is more urgent than neutral. By its path: there is no PATH. */
const beUrgent = () => execFile('/usr/bin/chrt', ['--rr', '--pid', '10', String(process.pid)], () => {});

async function begin(): Promise<void> {
  beUrgent();
  const drivetrain = await load({
    onLost: lost,
    onSilent: (message) => tell({ type: 'lost', message }),
    onAnswering: () => tell({ type: 'ready' }),
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

const load = await loadDrivetrain(profile, use);
process.on('message', (message) => {
  const told = message as ToActuator;
  if (told.type === 'end') end(0);
  else if (told.type === 'begin') beginning = begin();
  else actuator?.take(told);
});
