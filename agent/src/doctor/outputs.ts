import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { DrivetrainProfile } from '@pitwall/firmware-config';
import { type Micros, PitwallError } from '@pitwall/protocol';
import { now } from '@pitwall/runtime';
import { ActuatorPort } from '../driving/index.js';
import { type Controls, EnableLine, neutral, openPca9685, stopsOnly, tryPwm } from '../hardware/index.js';
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
      case 'pca9685':
      case 'h-bridge':
        return i2c(profile);
      case 'firmata':
      case 'drive-unit':
        return serial(profile.port);
    }
  },
});

/** Everything that a sweep would do, but the pulse: what fails there fails here. */
async function pwm(profile: Extract<DrivetrainProfile, { kind: 'sysfs-pwm' }>): Promise<Finding> {
  const { root, chip, motor, steering, enable } = profile;
  if (!existsSync(root)) return failed(`no ${root}`, 'Load the PWM driver of this board (dtoverlay, pwm-lpss).');
  try {
    for (const { channel } of [motor, steering]) await tryPwm(profile, channel);
    // Opened, it is off.
    if (enable !== undefined) (await EnableLine.open(enable)).set(false);
  } catch (error) {
    const [found, ...todo] = (error as Error).message.split('; ');
    return failed(found!, todo.length === 0 ? 'Check the profile’s drivetrain.' : sentence(todo.join('; ')));
  }
  return ok(`PWM chip ${chip}, channels ${motor.channel} and ${steering.channel}`);
}

/** It answers, and nobody else drives it; no register is written. */
async function i2c(profile: Extract<DrivetrainProfile, { kind: 'pca9685' | 'h-bridge' }>): Promise<Finding> {
  const { bus, address, enable } = profile;
  try {
    const chip = openPca9685(profile);
    try {
      chip.read(0);
    } catch (error) {
      return failed((error as Error).message, 'Check its wiring and power; i2cdetect -y shows what answers.');
    } finally {
      chip.close();
    }
    if (enable !== undefined) (await EnableLine.open(enable)).set(false);
  } catch (error) {
    const [found, ...todo] = (error as Error).message.split('; ');
    return failed(found!, todo.length === 0 ? 'Check the profile’s drivetrain.' : sentence(todo.join('; ')));
  }
  const at = `0x${address.toString(16)} on I²C bus ${bus}`;
  const outputs = profile.kind === 'pca9685' ? [profile.motor.channel, profile.steering.channel] : undefined;
  return ok(`PCA9685 ${at}, ${outputs === undefined ? 'with an H-bridge' : `channels ${outputs.join(' and ')}`}`);
}

const sentence = (text: string) => `${text[0]?.toUpperCase()}${text.slice(1)}`;

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
        motor: false,
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
