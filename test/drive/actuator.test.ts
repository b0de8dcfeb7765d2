import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FromActuator, ToActuator } from '@pitwall/agent/driving';
import { parseCarProfile } from '@pitwall/firmware-config';
import type { Micros } from '@pitwall/protocol';
import { now } from '@pitwall/runtime';
import { expect, it } from 'vitest';
import { fullMicros, fullThrottleProfile, neutralMicros, SysfsRig } from './rigs.js';

const entry = fileURLToPath(new URL('./actuator/main.js', import.meta.resolve('@pitwall/agent/driving')));
type Actuator = ReturnType<typeof fork>;

/**
 * An actuator process at full throttle, with no agent beside it that could write neutral in its place: how it ended, and
 * what it left at motor and enable line.
 */
async function leftBy(end: (actuator: Actuator) => void) {
  const rig = new SysfsRig();
  const { drivetrain } = parseCarProfile(fullThrottleProfile(rig), 'the rig’s profile');
  const beat = setInterval(() => actuator.send({ type: 'beat' } satisfies ToActuator), 50);
  const actuator = fork(entry, [JSON.stringify({ profile: drivetrain, use: { motor: true } })], {
    detached: true,
    execArgv: [],
  });
  try {
    const outputs = () => [
      // A nanosecond more or less makes the kernel take a pulse that stands there already.
      Math.round(Number.parseInt(readFileSync(rig.duty, 'utf8'), 10) / 1000),
      readFileSync(rig.enable, 'utf8').startsWith('0') ? 'on' : 'off',
    ];
    const send = (message: ToActuator) => actuator.send(message);
    const says = async (type: FromActuator['type']) => {
      while (((await once(actuator, 'message')) as [FromActuator])[0].type !== type);
    };
    send({ type: 'begin' });
    await says('ready');
    send({ type: 'power', on: true });
    send({ type: 'setpoint', outputs: { steering: 0, throttle: 1 }, deadline: (now() + 60_000_000) as Micros });
    while (outputs()[0] !== fullMicros) await says('beat');
    expect(outputs()[1]).toBe('on');
    clearInterval(beat);
    const gone = once(actuator, 'exit');
    end(actuator);
    const [code] = await gone;
    return [code, ...outputs()];
  } finally {
    clearInterval(beat);
    actuator.kill('SIGKILL');
    await rig.stop();
  }
}

const signals = [
  ...['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGABRT', 'SIGALRM', 'SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGTSTP', 'SIGTTIN'],
  ...['SIGTTOU', 'SIGXCPU', 'SIGXFSZ', 'SIGVTALRM', 'SIGPROF', 'SIGIO', 'SIGPWR', 'SIGSYS', 'SIGTRAP', 'SIGSTKFLT'],
] as NodeJS.Signals[];

it('the actuator process leaves motor and enable line off at every signal, and when its parent dies', async () => {
  const left: Record<string, unknown> = {};
  // One after the other: where this process is held up, the actuator's dead man's switch trips before the throttle is full.
  for (const how of [...signals, 'its parent died'])
    left[how] = await leftBy((actuator) => {
      if (how === 'its parent died') actuator.disconnect();
      else actuator.kill(how as NodeJS.Signals);
    });
  const safe = [0, neutralMicros, 'off'];
  expect(left).toEqual(Object.fromEntries([...signals, 'its parent died'].map((how) => [how, safe])));
});
