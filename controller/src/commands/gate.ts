import type { Command } from 'commander';
import type { CheckFlags } from './gate-check.js';
import type { JoinFlags } from './gate-join.js';
import { addList, addWatch } from './gate-list.js';
import type { RunFlags } from './gate-run.js';

/**
 * `pitwall gate …`: the process that watches the line, and what helps to set one up. What reads sensors is loaded by who
 * wants it: a controller starts without it.
 */
export function addGate(program: Command): void {
  const gate = program.command('gate').description('watch the line: gate processes, and help to set one up');
  runOptions(gate.command('run').description('stamp crossings at a gate and send them to the controller'))
    .option('--profile <name>', 'gate profile: a name that comes with Pitwall, or the path of a YAML file')
    .action(async (flags: RunFlags) => (await import('./gate-run.js')).runGate(flags));
  runOptions(gate.command('simulate').description('be the gate of a simulated track'))
    .requiredOption('--socket <path>', 'the socket on which the simulated car says where it is')
    .requiredOption('--track <file>', 'track file')
    .option('--direction <direction>', 'clockwise or counter-clockwise; default: as the track is drawn')
    .action(async (flags: RunFlags) => (await import('./gate-run.js')).runGate({ ...flags, profile: 'simulated' }));
  gate
    .command('join')
    .description('join a controller, with a token that this gate makes itself: run needs no --broker and no token then')
    .argument('<code>', 'what the controller’s page Cars shows: a link, a file that holds it, or the code alone')
    .option('--controller <url>', 'where the controller is, for a code alone', 'https://pitwall.local:8080')
    .option('--data <folder>', 'the folder that the gate runs with', 'pitwall-data')
    .action(async (code: string, flags: JoinFlags) => (await import('./gate-join.js')).joinGate(code, flags));
  addList(gate);
  addWatch(gate);
  addCheck(gate);
}

function runOptions(command: Command): Command {
  return command
    .option('--config <file>', 'YAML configuration; environment variables PITWALL_GATE_… and flags go over it')
    .option('--id <id>', 'the id of the gate')
    .option('--broker <url>', 'mqtt:// or mqtts:// URL of the broker; the token comes by PITWALL_GATE_BROKER_TOKEN')
    .option('--data <folder>', 'where crossings are kept until the controller has them')
    .option('--insecure', 'allow a broker beyond this machine without TLS');
}

function addCheck(gate: Command): void {
  gate
    .command('check')
    .description('watch the sensor alone and measure how well it repeats, by a guided series of passes')
    .requiredOption('--profile <name>', 'gate profile: a name that comes with Pitwall, or the path of a YAML file')
    .option('--passes <count>', 'how many passes', '10')
    .option('--pace', 'passes come at a steady pace (a flag on a turntable), not by hand')
    .option('--json', 'one JSON object a line')
    .action(async (flags: CheckFlags) => (await import('./gate-check.js')).checkSensor(flags));
}
