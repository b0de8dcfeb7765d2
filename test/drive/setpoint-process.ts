/**
 * The actuator process with a drivetrain that writes down when each setpoint reached it: the end of the loop's way. The
 * steering of a setpoint is its frame's number, in thousandths.
 */

import { Actuator, type ToActuator } from '@pitwall/agent/driving';
import { now } from '@pitwall/runtime';

export interface Reached {
  readonly frame: number;
  /** µs of CLOCK_MONOTONIC */
  readonly at: number;
}

const reached: Reached[] = [];
let last = 0;
const actuator = new Actuator({
  now,
  tell: () => {},
  drivetrain: {
    start: async () => {},
    write: ({ steering }) => {
      const frame = Math.round(steering * 1000);
      if (frame === 0 || frame === last) return;
      last = frame;
      reached.push({ frame, at: now() });
    },
    enable: () => {},
    stop: async () => {},
  },
});
process.on('message', (message) => {
  if (message === 'report') process.send!(reached.splice(0));
  else if (message === 'empty') process.send!(now());
  else actuator.take(message as ToActuator);
});
process.on('disconnect', () => process.exit(0));
await actuator.start();
process.send!('ready');
