import { statSync } from 'node:fs';
import { errorLine, PitwallError, parse, Sha256 } from '@pitwall/protocol';
import type { Command } from 'commander';
import { readAgentConfig } from '../config/index.js';
import { archivesIn, ModelStore, stage } from '../model-store/index.js';

/** Adds `model import|list|delete`: the models that this car carries, also while its agent runs. */
export function addCarriedModels(model: Command): void {
  const withConfig = (command: Command) =>
    command.requiredOption('--config <file>', 'the agent’s configuration; its key `models` says where they are kept');
  withConfig(
    model
      .command('import')
      .description('take archives into the models that this car carries, after every check')
      .argument('<path>', 'an archive, or a folder (a USB stick) with some'),
  ).action(async (path: string, { config }: { config: string }) => {
    const store = await storeOf(config);
    const archives = isFolder(path) ? await archivesIn(path) : [path];
    if (archives.length === 0)
      throw new PitwallError(
        'not-found',
        `There is no model (.tar.gz, .tgz, .tar, .zip, .onnx, .tflite or .pb) in ${path}.`,
      );
    for (const archive of archives) {
      try {
        const { name, hash } = await stage(store, { kind: 'file', path: archive });
        console.log(`${hash}  ${name}`);
      } catch (error) {
        if (archives.length === 1) throw error;
        console.error(`${archive}: ${errorLine(error)}`);
        process.exitCode = 1;
      }
    }
  });
  withConfig(model.command('list').description('the models that this car carries')).action(
    async ({ config }: { config: string }) => {
      const store = await storeOf(config);
      const chosen = await store.chosen();
      for (const { hash, name, bytes } of await store.list()) {
        console.log(`${hash}  ${(bytes / 2 ** 20).toFixed(1)} MB  ${name}${hash === chosen ? '  (drives)' : ''}`);
      }
    },
  );
  withConfig(
    model.command('delete').description('forget a model that this car carries').argument('<hash>', 'or its beginning'),
  ).action(async (beginning: string, { config }: { config: string }) => {
    const store = await storeOf(config);
    const fitting = (await store.list()).filter(({ hash }) => hash.startsWith(beginning));
    if (fitting.length !== 1) {
      throw new PitwallError(
        'not-found',
        `${fitting.length} models of this car begin with ${beginning}; give more of the hash.`,
      );
    }
    const hash = parse(Sha256, fitting[0]?.hash, 'The hash');
    if (hash === (await store.chosen())) {
      throw new PitwallError('command-refused', 'This model is loaded; load another before it is deleted.');
    }
    await store.delete(hash);
  });
}

async function storeOf(config: string): Promise<ModelStore> {
  const { models } = readAgentConfig(config, process.env, {});
  const store = new ModelStore(models.folder, models.quota * 2 ** 20);
  await store.start();
  return store;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
