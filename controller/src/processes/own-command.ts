import { join } from 'node:path';

/** Where Pitwall's own programs are, wherever this one was started from. */
const commands = join(import.meta.dirname, '..', '..', '..', 'node_modules', '.bin');

/** The path of one of Pitwall's own programs. */
export const ownCommand = (name: 'pitwall' | 'pitwall-agent'): string => join(commands, name);
