import {
  type BootId,
  type CarId,
  firstProtocol,
  isPitwallError,
  PitwallError,
  parseJson,
  SpokenProtocol,
  spokenProtocol,
  worksWith,
} from '@pitwall/protocol';
import {
  type CalibrationAnswer,
  type CarCommand,
  CarCommand as CarCommandSchema,
  type CarReply,
  type Computer,
  type Envelope,
  isOfEveryProtocol,
} from '@pitwall/protocol/messages';
import type { Now } from '@pitwall/runtime';
import { z } from 'zod';
import { TakenCommands } from './taken-commands.js';

/** Nothing, or what was asked for. */
export type CommandAnswer =
  | (CalibrationAnswer & Pick<CarReply, 'armable' | 'recordings' | 'part' | 'message'>)
  | undefined;

export interface CommandDeskParts {
  readonly car: CarId;
  readonly bootId: BootId;
  readonly computer: Computer;
  readonly now: Now;
  /** Performs it, and says what the reply carries beside `done`. @throws PitwallError when it is refused. */
  readonly command: (command: CarCommand) => CommandAnswer | Promise<CommandAnswer>;
  readonly reply: (reply: Omit<CarReply, keyof Envelope | 'safety'>) => void;
  /** The controller's version does not work with this one. */
  readonly onForeign?: (sentence: string) => void;
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
      this.#answerForeign(text);
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
      if (error.code === 'version-incompatible') this.#parts.onForeign?.(error.message);
      reply({ commandId, outcome: 'refused', code: error.code, message: error.message });
    };
    try {
      this.#taken.add(command, now());
      const foreign = isOfEveryProtocol(action) ? undefined : misunderstanding(command.protocol);
      if (foreign !== undefined) throw foreign;
      const answer = perform(command);
      if (answer instanceof Promise) answer.then(done).catch(refused);
      else done(answer);
    } catch (error) {
      refused(error);
    }
  }

  /** A command that is none for this version: of another protocol it is answered, otherwise there is nobody to answer. */
  #answerForeign(text: string): void {
    let command: z.infer<typeof Foreign>;
    try {
      command = parseJson(Foreign, text, 'A command');
    } catch {
      // Without an id there is no command.
      return;
    }
    const { commandId, protocol } = command;
    const error = misunderstanding(protocol);
    if (error === undefined) return;
    this.#parts.onForeign?.(error.message);
    this.#parts.reply({ commandId, outcome: 'refused', code: error.code, message: error.message });
  }
}

/** What every protocol's commands have. */
const Foreign = z.object({ commandId: z.uuid(), protocol: SpokenProtocol });

/** Why a controller of that protocol is not obeyed; undefined: it is. */
function misunderstanding(theirs: SpokenProtocol = firstProtocol): PitwallError | undefined {
  if (worksWith(spokenProtocol, theirs)) return undefined;
  const isOlder = theirs.number < spokenProtocol.number;
  return new PitwallError(
    'version-incompatible',
    `This car speaks protocol ${spokenProtocol.number} and the controller ${theirs.number}, which do not work together: ${
      isOlder ? 'update the controller, or roll the car back' : 'update the car'
    }.`,
  );
}
