import { basename } from 'node:path';
import { carProfileNames, lintCarProfile, readCarProfile, readCarProfileText } from '@pitwall/firmware-config';
import { PitwallError } from '@pitwall/protocol';
import type { Command } from 'commander';

export function addProfile(program: Command): void {
  const profile = program.command('profile').description('what hardware a car is made of: docs/profiles.md');
  profile
    .command('list')
    .description('the profiles that come with Pitwall')
    .action(() => {
      for (const name of carProfileNames()) console.log(`${name}\n  ${readCarProfile(name).description.trim()}`);
    });
  profile
    .command('lint <files...>')
    .description('say what is wrong with car profiles, or could be better')
    .action((files: string[]) => {
      let wrong = 0;
      for (const file of files) {
        const { yaml, file: path } = readCarProfileText(file);
        const messages = lintCarProfile(yaml, path);
        wrong += messages.length;
        for (const message of messages) console.log(`${basename(path)}: ${message}`);
      }
      if (wrong > 0)
        throw new PitwallError('profile-invalid', `The linter has ${wrong} remarks; docs/profiles.md has its rules.`);
      console.log(files.length === 1 ? 'The profile is good.' : `All ${files.length} profiles are good.`);
    });
}
