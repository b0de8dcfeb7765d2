import { type BootId, type CarId, isPitwallError, parseJson } from '@pitwall/protocol';
import {
  type CalibrationAnswer,
  type CarCommand,
  CarCommand as CarCommandSchema,
  type CarReply,
  type Computer,
  type Envelope,
} from '@pitwall/protocol/messages';
import type { Now } from '@pitwall/runtime';
import { TakenCommands } from './taken-commands.js';

/** Nothing, or what was asked for. */
export type CommandAnswer =
  | (CalibrationAnswer & Pick<CarReply, 'armable' | 'recordings' | 'wallClock' | 'part' | 'message'>)
  | undefined;

export interface CommandDeskParts {
  readonly car: CarId;
  readonly bootId: BootId;
  readonly computer: Computer;
  readonly now: Now;
  /** Performs it, and says what the reply carries beside `done`. @throws PitwallError when it is refused. */
  readonly command: (command: CarCommand) => CommandAnswer | Promise<CommandAnswer>;
  readonly reply: (reply: Omit<CarReply, keyof Envelope | 'safety'>) => void;
}

/** Takes commands as they arrive, has each performed once, and answers it. */
export class CommandDesk {
  readonly #parts: CommandDeskParts;
  readonly #taken: TakenCommands;

  constructor(parts: CommandDeskParts) {
    this.#parts = parts;
    this.#taken = new TakenCommands(parts.bootId);
  }

  hear(text: string): void {
    const { car, now, computer, command: perform } = this.#parts;
    let command: CarCommand;
    try {
      command = parseJson(CarCommandSchema, text, `A command to the car ${car}`);
    } catch {
      // Nobody can be answered: without an id there is no command.
      return;
    }
    const { commandId, action, to } = command;
    // Another computer with this car's identity is meant, and answers. An e-stop stops both.
    const isMeant = to === undefined || to === computer.instance;
    if (!isMeant && action.type !== 'e-stop') return;
    const reply: CommandDeskParts['reply'] = (said) => {
      if (isMeant) this.#parts.reply(said);
    };
    const done = (answer: CommandAnswer) => {
      if (action.type !== 'drive') reply({ commandId, outcome: 'done', ...answer });
    };
    const refused = (error: unknown) => {
      if (!isPitwallError(error)) throw error;
      reply({ commandId, outcome: 'refused', code: error.code, message: error.message });
    };
    try {
      this.#taken.add(command, now());
      const answer = perform(command);
      if (answer instanceof Promise) answer.then(done).catch(refused);
      else done(answer);
    } catch (error) {
      refused(error);
    }
  }
}
