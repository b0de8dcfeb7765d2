import { isPitwallError, type PitwallError, type RaceId } from '@pitwall/protocol';
import type { CommandOutcome, GiveCommandInput } from '@pitwall/protocol/api';
import type { LogRecord, RaceCommand } from '@pitwall/protocol/race';
import { versionSeen } from './version-seen.js';

/** Sends one command. @throws PitwallError as the desk says it; anything else: it is not known whether it arrived. */
export type Send = (race: RaceId, give: GiveCommandInput) => Promise<CommandOutcome>;

export interface Given {
  readonly commandId: string;
  readonly command: RaceCommand;
  /** `waiting`: the network is away, it is sent again. */
  readonly state: 'sending' | 'waiting' | 'done' | 'refused';
  readonly error: PitwallError | null;
}

export interface CommanderParts {
  readonly race: RaceId;
  readonly send: Send;
  readonly newId: () => string;
  /** All records that the page has. */
  readonly records: () => readonly LogRecord[];
  readonly wait: (ms: number) => Promise<void>;
}

const urgent: ReadonlySet<RaceCommand['type']> = new Set(['e-stop', 'red-flag']);
/** Each of these is one thing that happened; a new one of the others is a new try, and takes the refusal of the old one away. */
const counted: ReadonlySet<RaceCommand['type']> = new Set(['incident', 'add-crossing']);
const retryEvery = 1000;
/** So long, in attempts, a command waits for the network; later nobody expects it any more. */
const attempts = 8;

/**
 * Gives a marshal's commands, one after another, each under an id of its own: one whose answer was lost is sent again under
 * the same id, and the desk applies it once. What is urgent waits for nothing.
 */
export class Commander {
  readonly #parts: CommanderParts;
  readonly #own = new Set<number>();
  readonly #listeners = new Set<() => void>();
  #last: Promise<unknown> = Promise.resolve();
  #given: readonly Given[] = [];

  constructor(parts: CommanderParts) {
    this.#parts = parts;
  }

  /** The latest few, newest first. */
  readonly given = (): readonly Given[] => this.#given;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** `shown`: the version that the marshal had before the eyes. Resolves when it is clear what became of it. */
  give(command: RaceCommand, shown: number): Promise<Given> {
    const given: Given = { commandId: this.#parts.newId(), command, state: 'sending', error: null };
    if (!counted.has(command.type))
      this.#given = this.#given.filter((one) => one.state !== 'refused' || one.command.type !== command.type);
    this.#show(given);
    if (urgent.has(command.type)) return this.#deliver(given, shown);
    const delivered = this.#last.then(() => this.#deliver(given, shown));
    this.#last = delivered;
    return delivered;
  }

  /** Takes a refused command off the page. */
  dismiss(commandId: string): void {
    this.#given = this.#given.filter((given) => given.commandId !== commandId);
    this.#tell();
  }

  async #deliver(given: Given, shown: number): Promise<Given> {
    const { race, send, records, wait } = this.#parts;
    const { commandId, command } = given;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const seen = versionSeen(shown, records(), this.#own, command.type);
        const outcome = await send(race, { commandId, seen, command });
        for (const { seq } of outcome.records) this.#own.add(seq);
        return this.#show({ ...given, state: 'done' });
      } catch (error) {
        if (isPitwallError(error)) return this.#show({ ...given, state: 'refused', error });
        if (attempt === attempts) return this.#show({ ...given, state: 'refused', error: null });
        this.#show({ ...given, state: 'waiting' });
        await wait(retryEvery);
      }
    }
  }

  #show(given: Given): Given {
    const others = this.#given.filter(({ commandId }) => commandId !== given.commandId);
    this.#given = [given, ...others].slice(0, 8);
    this.#tell();
    return given;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
