import { expect, it } from 'vitest';
import { motor } from './lidar.js';

// Slamtec, RPLIDAR interface protocol: SET_MOTOR_PWM with 660 is a5 f0 02 94 02 c1; a C1 takes turns a minute (0xa8).
it.each([
  [0xf0, 660, 'a5f0029402c1'],
  [0xf0, 0, 'a5f002000057'],
  [0xa8, 600, 'a5a802580255'],
])('tells the motor how fast it turns: command %i', (command, speed, hex) => {
  expect(Buffer.from(motor({ command }, speed)).toString('hex')).toBe(hex);
});
