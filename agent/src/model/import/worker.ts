/**
 * Imports models in a process of its own, where a hostile file may crash, hang or eat memory without harm: reads and
 * checks the archive, converts the chosen network, tries a foreign one once. Its garbage collector is exposed.
 */
import { isPitwallError, PitwallError } from '@pitwall/protocol';
import { checkpointBytes, type ModelFile, readModelFile } from '../archive/index.js';
import { type Network, summarised } from '../graph/index.js';
import { importNetwork } from './parse-network.js';
import type { FromImport, ImportOrder, ImportResult, ImportStage } from './worker-messages.js';
import { writeNetwork } from './write-network.js';

const tell = (message: FromImport) =>
  new Promise<void>((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
const enter = (stage: ImportStage) => tell({ type: 'stage', stage });
/** Without this the next hundred megabytes would come on top of those that nobody needs any more. */
const tidy = () => (globalThis as { gc?: () => void }).gc?.();

async function run({ path, choice, file }: ImportOrder): Promise<ImportResult> {
  await enter('reading');
  const model = await readModelFile(path, choice);
  const { archive, part } = model;
  const { network, onnx } = await converted(path, model, file);
  tidy();
  if (part.format !== 'tensorflow') {
    await enter('trying');
    await tryOnce(file, network);
  }
  const { hash, parts, texts, networks } = archive;
  return { archive: { hash, parts, texts: [...texts], networks }, ...network, onnx };
}

/** Only what is small leaves here: the weights are in the file. */
async function converted(path: string, { archive, checkpoint, part }: ModelFile, file: string) {
  if (archive.loaded?.path !== checkpoint.path) archive.loaded = undefined;
  tidy();
  const bytes = await checkpointBytes(path, archive, checkpoint);
  await enter('importing');
  const network = importNetwork(bytes, part.format);
  const onnx = await writeNetwork(network, file);
  return { network: { inputs: network.inputs, outputs: network.outputs, layers: summarised(network) }, onnx };
}

/** Loads a foreign network and runs it once on zeros. */
async function tryOnce(file: string, { inputs }: Pick<Network, 'inputs'>): Promise<void> {
  const { ort } = await import('./onnx-runtime.js');
  const { sessionOptions } = await import('./session-options.js');
  const refused = (cause: unknown) => {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new PitwallError('graph-invalid', `The runtime cannot run the network: ${why}.`, { cause });
  };
  const session = await ort.InferenceSession.create(file, sessionOptions).catch(refused);
  const zeros = inputs.map(({ name, shape }) => {
    const count = shape.reduce((product, size) => product * size, 1);
    return [name, new ort.Tensor('float32', new Float32Array(count), shape)] as const;
  });
  await session.run(Object.fromEntries(zeros)).catch(refused);
  await session.release();
}

async function answer(order: ImportOrder): Promise<void> {
  try {
    await tell({ type: 'done', result: await run(order) });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const { code, details } = isPitwallError(error) ? error : { code: 'internal-error' as const, details: {} };
    await tell({ type: 'failed', code, message, details });
  }
  tidy();
}

process.on('disconnect', () => process.exit(0));
process.on('message', (order: ImportOrder) => void answer(order));
