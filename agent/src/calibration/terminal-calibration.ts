import { createInterface } from 'node:readline/promises';
import type { ReadStream, WriteStream } from 'node:tty';
import { errorLine } from '@pitwall/protocol';
import { CalibrationPoint } from '@pitwall/protocol/messages';
import { keysOf } from '../hardware/index.js';
import type { Calibrator } from './calibrator.js';
import { outputOf, type PulsePair } from './points.js';

export interface Terminal {
  readonly input: ReadStream;
  readonly output: WriteStream;
}

const fine = 1000;
const coarse = 10_000;

const wanted: Readonly<Record<CalibrationPoint, string>> = {
  center: 'the wheels point straight on',
  left: 'the wheels point fully to the left',
  right: 'the wheels point fully to the right',
  stop: 'the motor stands, also when it is nudged a little',
  forward: 'the wheels turn forwards (30 % of the way is shown)',
  reverse: 'the wheels turn backwards (30 % of the way is shown)',
};

const help =
  '← → move (10 µs) · ↑ ↓ finely (1 µs) · space show again, hold it for the motor · f the other way round · enter next · b back · s save · q quit';

/**
 * The calibration in a terminal, point after point, live. @returns the pulse widths to keep; undefined where the person
 * left without saving
 */
export async function calibrateInTerminal(
  calibrator: Calibrator,
  { input, output }: Terminal,
): Promise<PulsePair | undefined> {
  const say = (line: string) => output.write(`${line}\r\n`);
  if (!(await wheelsAreUp({ input, output }))) {
    say('Nothing was moved. Lift the car so that its wheels turn freely, and begin again.');
    return undefined;
  }
  await calibrator.start();
  let at = 0;
  const point = () => CalibrationPoint.options[at] as CalibrationPoint;
  const tell = () => {
    const { points, polarity } = calibrator.view;
    const name = point();
    say(`${name}: ${points[name] / 1000} µs, polarity ${polarity[outputOf(name)]} — until ${wanted[name]}`);
  };
  const go = async (to: number) => {
    calibrator.rest();
    at = Math.max(0, Math.min(CalibrationPoint.options.length - 1, to));
    // The wheels may turn by themselves to be looked at; the motor waits for a hand.
    if (outputOf(point()) === 'steering') await calibrator.show(point());
  };
  say(help);
  await go(0);
  tell();
  for await (const key of pressed(input)) {
    try {
      if (key === 's') return calibrator.pulses;
      if (key === 'q' || key === '\x03' || key === '\x04') return undefined;
      if (key === ' ') await calibrator.show(point());
      else if (key === '\r' || key === '\n') await go(at + 1);
      else if (key === 'b') await go(at - 1);
      else if (key === 'f') calibrator.flip(outputOf(point()));
      else {
        const by = moves[key];
        if (by === undefined) continue;
        await calibrator.nudge(point(), by);
      }
      if (key !== ' ') tell();
    } catch (error) {
      say(errorLine(error));
    }
  }
  return undefined;
}

const moves: Readonly<Record<string, number>> = {
  '\x1b[C': coarse,
  '\x1b[D': -coarse,
  '\x1b[A': fine,
  '\x1b[B': -fine,
};

async function wheelsAreUp({ input, output }: Terminal): Promise<boolean> {
  const lines = createInterface({ input, output });
  try {
    const answer = await lines.question('Stop the agent first. Is the car lifted, all wheels in the air? (yes/no) ');
    return answer.trim().toLowerCase() === 'yes';
  } finally {
    lines.close();
  }
}

/** Keys one by one. Ends with the terminal. */
async function* pressed(input: ReadStream): AsyncGenerator<string> {
  input.setRawMode(true);
  input.setEncoding('utf8').resume();
  try {
    for await (const text of input as AsyncIterable<string>) {
      yield* keysOf(text);
    }
  } finally {
    input.setRawMode(false);
    input.pause();
  }
}
