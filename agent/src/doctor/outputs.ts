import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { DrivetrainProfile } from '@pitwall/firmware-config';
import { type Micros, PitwallError } from '@pitwall/protocol';
import { now } from '@pitwall/runtime';
import { ActuatorPort } from '../driving/index.js';
import { type Controls, findChip, neutral, stopsOnly } from '../hardware/index.js';
import { absent, type Check, type Finding, failed, ok } from './check.js';
import { mayWrite } from './may-write.js';

/** Present, and this user may use them; nothing is moved. */
export const outputsCheck = (profile: DrivetrainProfile): Check => ({
  name: 'motor and steering',
  run: async () => {
    switch (profile.kind) {
      case 'simulated':
        return absent('simulated');
      case 'sysfs-pwm':
        return pwm(profile);
      case 'firmata':
      case 'drive-unit':
        return serial(profile.port);
    }
  },
});

function pwm({ root, chip, motor, steering, enable }: Extract<DrivetrainProfile, { kind: 'sysfs-pwm' }>): Finding {
  if (!existsSync(root)) return failed(`no ${root}`, 'Load the PWM driver of this board (dtoverlay, pwm-lpss).');
  const folder = findChip(root, chip);
  if (folder === undefined) {
    return failed(`no PWM chip ${chip} under ${root}`, 'Check the wiring and the profile’s drivetrain.chip.');
  }
  for (const { channel } of [motor, steering]) {
    const file = join(folder, `pwm${channel}`, 'duty_cycle');
    const path = existsSync(file) ? file : join(folder, 'export');
    if (!mayWrite(path)) return notAllowed(path);
  }
  if (enable !== undefined && !enable.gpios.some((gpio) => usable(enable.root, gpio))) {
    return failed(
      `no enable line ${enable.gpios.join(' or ')} under ${enable.root}`,
      'Check the profile’s drivetrain.enable, and that the agent’s user is in the group gpio.',
    );
  }
  return ok(`PWM chip ${chip}, channels ${motor.channel} and ${steering.channel}`);
}

const usable = (root: string, gpio: number): boolean =>
  existsSync(join(root, `gpio${gpio}`)) ? mayWrite(join(root, `gpio${gpio}`, 'value')) : mayWrite(join(root, 'export'));

function serial(port: string): Finding {
  if (!existsSync(port)) return failed(`no ${port}`, 'Plug the board in, and check the profile’s drivetrain.port.');
  return mayWrite(port) ? ok(port) : notAllowed(port);
}

const notAllowed = (path: string): Finding =>
  failed(
    `${path} is not writable for this user`,
    'Install the udev rules, and put the user into the groups gpio and dialout.',
  );

/** Turns the wheels left and right and back; the motor stays at neutral. @param stops end it with their emergency stop */
export const sweepCheck = (profile: DrivetrainProfile, stops: readonly Controls[]): Check => ({
  name: 'servo sweep',
  run: async () => {
    if (profile.kind === 'simulated') return absent('simulated');
    let port: ActuatorPort | undefined;
    let isStopped = false;
    const events = stopsOnly(() => {
      isStopped = true;
      port?.neutral();
    });
    for (const one of stops) one.start(events);
    try {
      port = await opened(profile);
      for (const steering of [0, 0.3, 0.6, 0.3, 0, -0.3, -0.6, -0.3, 0]) {
        for (let i = 0; i < 3; i++) {
          if (isStopped) return failed('ended by the emergency stop', 'Release it, and sweep again.');
          port.setpoint({ ...neutral, steering }, (now() + 150_000) as Micros);
          await pause(50);
        }
      }
    } finally {
      for (const one of stops) one.stop();
      await port?.stop();
    }
    return ok('the outputs took it; did the wheels turn left, then right?');
  },
});

/** @throws PitwallError `outputs-lost` */
async function opened(profile: DrivetrainProfile): Promise<ActuatorPort> {
  let port: ActuatorPort | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('no answer')), 8000);
      const end = (finish: () => void) => {
        clearTimeout(late);
        finish();
      };
      port = new ActuatorPort({
        profile,
        now,
        onReady: () => end(resolve),
        onLost: (message) => end(() => reject(new Error(message))),
        onMissed: () => {},
        onTripped: () => {},
      });
      port.start();
    });
  } catch (cause) {
    await port?.stop();
    throw new PitwallError('outputs-lost', `Motor and steering do not answer: ${(cause as Error).message}.`, { cause });
  }
  return port as ActuatorPort;
}
