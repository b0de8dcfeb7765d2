import { errorLine, isPitwallError } from '@pitwall/protocol';
import { Command, CommanderError } from 'commander';
import { version } from './compose/version.js';

/** What is not named is not loaded: a gate on a small computer starts without the database. */
const commands: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  serve: async () => (await import('./commands/serve.js')).addServe,
  token: async () => (await import('./commands/token.js')).addToken,
  racer: async () => (await import('./commands/racer.js')).addRacer,
  backup: async () => (await import('./commands/backup.js')).addBackup,
  restore: async () => (await import('./commands/backup.js')).addRestore,
  promote: async () => (await import('./commands/promote.js')).addPromote,
  release: async () => (await import('./commands/release.js')).addRelease,
  outbox: async () => (await import('./commands/outbox.js')).addOutbox,
  import: async () => (await import('./commands/import.js')).addImport,
  gate: async () => (await import('./commands/gate.js')).addGate,
  race: async () => (await import('./commands/race.js')).addRace,
  demo: async () => (await import('./commands/demo.js')).addDemo,
};

const program = new Command('pitwall')
  .description('Runs races for autonomous model cars: times the laps, runs the race, feeds the leaderboard.')
  .version(version)
  .showHelpAfterError('(add --help for what there is)')
  .exitOverride();

try {
  // Without a command, or with one that is none, the help names them all.
  const named = process.argv[2] ?? '';
  const loads = Object.hasOwn(commands, named) ? [commands[named]!] : Object.values(commands);
  for (const load of loads) (await load())(program);
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
