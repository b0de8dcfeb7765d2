import { readFileSync } from 'node:fs';
import type { ReadStream } from 'node:tty';
import { neutral, type Outputs } from '../drivetrain.js';
import type { Controls, ControlsEvents } from './controls.js';

const steeringStep = 0.2;

export const keyboardHelp =
  'keys: space emergency stop · m arm by hand · enter start · x stop · c clear · arrows drive · 1–9 throttle · s straight';

/** What the keys ask for: a value, changed by each key. A terminal tells no releases; the dead-man sees to them. */
export interface DriveKeys extends Outputs {
  /** Share of full throttle that ↑ and ↓ give. */
  readonly level: number;
}
export const keysAtRest: DriveKeys = { ...neutral, level: 0.2 };

export function pressed(keys: DriveKeys, key: string): DriveKeys {
  if (/^[1-9]$/.test(key)) return { ...keys, level: Number(key) / 10 };
  switch (key) {
    case '\x1b[A':
      return { ...keys, throttle: keys.level };
    case '\x1b[B':
      return { ...keys, throttle: -keys.level };
    case '\x1b[D':
      return { ...keys, steering: Math.min(1, keys.steering + steeringStep) };
    case '\x1b[C':
      return { ...keys, steering: Math.max(-1, keys.steering - steeringStep) };
    case 's':
      return { ...keys, steering: 0 };
    default:
      return keys;
  }
}

const arrows = new Set(['\x1b[A', '\x1b[B', '\x1b[C', '\x1b[D']);
const isDriveKey = (key: string): boolean => arrows.has(key) || /^[1-9s]$/.test(key);

/** Several keys may come at once; an arrow is three characters. */
export function* keysOf(text: string): Generator<string> {
  for (let i = 0; i < text.length; ) {
    const three = text.slice(i, i + 3);
    const key = arrows.has(three) ? three : text[i]!;
    yield key;
    i += key.length;
  }
}

/** Whether this process is its terminal's foreground; whoever sets a terminal's mode from behind is stopped. proc(5) */
function hasTerminal(): boolean {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return group === foreground;
}

/** Keys of the agent's own terminal. What it does not know it ignores; space stops. */
export class Keyboard implements Controls {
  readonly #input: ReadStream;
  readonly #signal: (name: 'SIGINT' | 'SIGTSTP') => void;
  #keys = keysAtRest;
  #listener: ((text: string) => void) | undefined;
  /** A shell that had the terminal meanwhile leaves it in its own mode, in which keys wait for Enter. */
  readonly #continued = (): void => {
    if (!hasTerminal()) return;
    this.#input.setRawMode(false);
    this.#input.setRawMode(true);
  };

  /** `signal`: in raw mode Ctrl-C and Ctrl-Z are characters, and must go on being what they are for everyone. */
  constructor(input: ReadStream, signal: (name: 'SIGINT' | 'SIGTSTP') => void) {
    this.#input = input;
    this.#signal = signal;
  }

  start(on: ControlsEvents): void {
    this.#listener = (text) => {
      for (const key of keysOf(text)) this.#press(key, on);
    };
    this.#input.setRawMode(true);
    process.on('SIGCONT', this.#continued);
    this.#input.setEncoding('utf8').on('data', this.#listener).resume();
  }

  stop(): void {
    if (this.#listener === undefined) return;
    this.#input.off('data', this.#listener);
    this.#listener = undefined;
    process.off('SIGCONT', this.#continued);
    this.#input.setRawMode(false);
    this.#input.pause();
  }

  #press(key: string, on: ControlsEvents): void {
    switch (key) {
      case ' ':
        this.#keys = keysAtRest;
        on.emergency();
        break;
      case '\x03':
        this.#signal('SIGINT');
        break;
      case '\x1a':
        this.#signal('SIGTSTP');
        break;
      case 'm':
        on.command('arm');
        break;
      case '\r':
        this.#keys = { ...keysAtRest, level: this.#keys.level };
        on.command('start');
        break;
      case 'x':
        on.command('stop');
        break;
      case 'c':
        on.command('clear');
        break;
      default: {
        if (!isDriveKey(key)) return;
        this.#keys = pressed(this.#keys, key);
        on.drive(this.#keys);
      }
    }
  }
}
