import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PitwallError } from '@pitwall/protocol';
import type { Port } from './network.js';

const timeoutMs = 5_000;

/** What the child runs: load, run once on zeros, leave. */
const script = `
const [runtime, model, inputs] = process.argv.slice(1);
const ort = require(runtime);
(async () => {
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4 });
  const feeds = {};
  for (const { name, shape } of JSON.parse(inputs)) {
    feeds[name] = new ort.Tensor('float32', new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
  }
  await session.run(feeds);
})().then(() => process.exit(0), (error) => { console.error(error.message); process.exit(1); });
`;

/**
 * Loads and runs a network once in a throwaway process, so that one which brings the native runtime down takes nothing
 * with it.
 * @throws PitwallError `graph-invalid`.
 */
export async function probe(onnx: Uint8Array, { inputs }: { readonly inputs: readonly Port[] }): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pitwall-probe-'));
  try {
    const model = join(folder, 'model.onnx');
    await writeFile(model, onnx);
    const runtime = createRequire(import.meta.url).resolve('onnxruntime-node');
    await new Promise<void>((resolve, reject) => {
      const args = ['-e', script, runtime, model, JSON.stringify(inputs)];
      execFile(
        process.execPath,
        args,
        { timeout: timeoutMs, killSignal: 'SIGKILL', windowsHide: true },
        (error, _out, errors) => {
          if (error === null) resolve();
          else
            reject(
              new PitwallError(
                'graph-invalid',
                `The runtime cannot load the network${error.killed === true ? `: no answer within ${timeoutMs / 1000} s` : `: ${errors.split('\n')[0] || 'it crashed'}`}.`,
                { cause: error },
              ),
            );
        },
      );
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
