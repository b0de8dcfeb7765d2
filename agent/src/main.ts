import { runCommand } from './commands/index.js';

const code = await runCommand(process.argv.slice(2));
if (code !== undefined) process.exit(code);
