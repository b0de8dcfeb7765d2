import { errorLine, isPitwallError } from '@pitwall/protocol';
import { Command, CommanderError } from 'commander';
import { addDemo } from './commands/demo.js';
import { addGate } from './commands/gate.js';
import { addOutbox } from './commands/outbox.js';
import { addRace } from './commands/race.js';
import { addRacer } from './commands/racer.js';
import { addServe } from './commands/serve.js';
import { addToken } from './commands/token.js';

const program = new Command('pitwall')
  .description('Runs races for autonomous model cars: times the laps, runs the race, feeds the leaderboard.')
  .showHelpAfterError('(add --help for what there is)')
  .exitOverride();
addServe(program);
addToken(program);
addRacer(program);
addOutbox(program);
addGate(program);
addRace(program);
addDemo(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
  if (!(error instanceof CommanderError)) console.error(errorLine(error));
}

/** 2 for a wrong command line or configuration, 1 for what went wrong in doing it. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return isPitwallError(error) && error.code === 'config-invalid' ? 2 : 1;
}
