import { PitwallError } from '@pitwall/protocol';
import type { Command } from 'commander';
import { version } from '../config/index.js';
import {
  homeOf,
  Installer,
  planInstall,
  planText,
  readFacts,
  realFiles,
  reload,
  shipped,
  systemOf,
} from '../install/index.js';

interface InstallFlags {
  readonly yes?: boolean;
  readonly profile?: string;
  readonly car?: string;
  readonly root: string;
}

const agent = 'pitwall-agent.service';

/** Makes a computer a car, and gives it back. */
export function addInstall(program: Command): void {
  program
    .command('install')
    .description('make this computer a car: find out which one it is, say what to change, and with --yes do it')
    .option('--yes', 'do it')
    .option('--profile <name>', 'car profile, where the computer’s own is not the right one')
    .option('--car <id>', 'the id of the car; by default the computer’s name')
    .option('--root <folder>', 'the tree of a computer that does not run, such as a mounted card', '/')
    .action(install);
}

export function addUninstall(program: Command): void {
  program
    .command('uninstall')
    .description('give this computer back as it was before install')
    .option('--yes', 'do it')
    .option('--keep-data', 'models, recordings and calibration stay in /var/lib/pitwall')
    .option('--root <folder>', 'the tree of a computer that does not run, such as a mounted card', '/')
    .action(uninstall);
}

function install({ yes, profile, car, root }: InstallFlags): void {
  const installer = new Installer(realFiles(root));
  const plan = planInstall(readFacts(root), homeOf(), shipped(), { profile, car });
  const missing = installer.missing(plan.changes);
  console.log(planText(plan, missing));
  if (yes !== true) {
    console.log('Nothing was changed. Do it with: sudo pitwall-agent install --yes');
    return;
  }
  const system = systemOf(root);
  const stopped = plan.putAside.filter((unit) => system.isActive(unit));
  installer.install(plan.changes, version, stopped);
  reload(system);
  for (const unit of stopped) system.run('systemctl', 'stop', unit);
  if (plan.needsReboot) {
    console.log('Installed. Motor and steering come with the next start: sudo reboot');
    return;
  }
  system.run('modprobe', 'i2c-dev');
  if (plan.car.kind !== 'other') system.run('systemctl', 'start', 'pitwall-imu.service');
  if (!system.run('systemctl', 'restart', agent))
    throw new PitwallError(
      'install-failed',
      'The files are in place, but the agent did not start: journalctl -u pitwall-agent',
    );
  console.log(
    'Installed. Check the car, which says what to do next: sudo systemctl stop pitwall-agent && sudo pitwall-agent doctor --config /etc/pitwall/agent.yaml',
  );
}

function uninstall({ yes, keepData, root }: { yes?: boolean; keepData?: boolean; root: string }): void {
  const installer = new Installer(realFiles(root));
  if (!installer.isInstalled()) {
    installer.uninstall({ keepData: true });
    console.log('Nothing of Pitwall is installed here.');
    return;
  }
  if (yes !== true) {
    console.log(
      `This gives the computer back as it was before${keepData === true ? '' : '; models, recordings and calibration in /var/lib/pitwall go, too'}. Do it with: --yes`,
    );
    return;
  }
  const system = systemOf(root);
  const stopped = installer.stopped();
  system.run('systemctl', 'stop', agent, 'pitwall-imu.service');
  for (const sentence of installer.uninstall({ keepData: keepData === true })) console.log(sentence);
  reload(system);
  for (const unit of stopped) system.run('systemctl', 'start', unit);
  console.log('The computer is as it was. The CPU’s governor is its own again after the next start.');
}
