import { userInfo } from 'node:os';
import { readCalibration, saveCalibration } from '@pitwall/firmware-config';
import { type EpochMs, PitwallError } from '@pitwall/protocol';
import { now } from '@pitwall/runtime';
import type { Command } from 'commander';
import { Calibrator, calibrateInTerminal } from '../calibration/index.js';
import { localStops } from '../compose/index.js';
import { profileOf, readAgentConfig } from '../config/index.js';
import { stopsOnly } from '../hardware/index.js';

export function addCalibrate(program: Command): void {
  program
    .command('calibrate')
    .description(
      'find this car’s pulse widths in a terminal, wheels in the air: centre, left, right, stop, forward, reverse',
    )
    .requiredOption('--config <file>', 'the agent’s configuration; its key `calibration` says where they are kept')
    .action(async ({ config }: { config: string }) => {
      const agentConfig = readAgentConfig(config, process.env, {});
      const { calibration: file } = agentConfig;
      if (file === undefined) {
        throw new PitwallError('config-invalid', `${config} has no key calibration: name the file to keep it in.`);
      }
      const { stdin: input, stdout: output } = process;
      if (!input.isTTY || !output.isTTY) {
        throw new PitwallError(
          'config-invalid',
          'Calibrating needs a terminal: keys are pressed and wheels are watched.',
        );
      }
      const profile = profileOf(agentConfig);
      const calibrator = new Calibrator({
        profile,
        now,
        version: readCalibration(file)?.version ?? 0,
        onLost: (message) => console.error(`outputs-lost: ${message}\r`),
      });
      const end = () => void calibrator.stop().finally(() => process.exit(1));
      for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
      const stops = localStops(agentConfig, profile);
      const emergency = () => {
        for (const one of stops) one.stop();
        console.error('The emergency stop ended it; nothing was saved.\r');
        end();
      };
      for (const one of stops) one.start(stopsOnly(emergency));
      try {
        const found = await calibrateInTerminal(calibrator, { input, output });
        await calibrator.stop();
        if (found === undefined) {
          console.log('Nothing was saved.');
          return;
        }
        const { version } = saveCalibration(file, { ...found, who: userInfo().username, at: Date.now() as EpochMs });
        console.log(`Saved as version ${version} in ${file}.`);
      } finally {
        for (const one of stops) one.stop();
        await calibrator.stop();
      }
    });
}
