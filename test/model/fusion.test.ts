import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertModel } from '@pitwall/agent/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packCarArchive } from './pack.js';
import { cameras, networkSizes } from './random-policy.js';

interface Ort {
  InferenceSession: { create(model: Uint8Array, options: object): Promise<{ release(): Promise<void> }> };
}
const ort = createRequire(createRequire(import.meta.url).resolve('@pitwall/agent/dist/main.js'))(
  'onnxruntime-node',
) as Ort;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pitwall-fusion-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The contents of a protobuf message's fields of one number, those of other kinds than bytes left out. */
function fields(message: Buffer, wanted: number): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  const varint = () => {
    for (let [value, scale] = [0, 1]; ; scale *= 128) {
      const byte = message[at++] as number;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const kind = tag % 8;
    if (kind === 2) {
      const length = varint();
      if (tag >>> 3 === wanted) found.push(message.subarray(at, at + length));
      at += length;
    } else if (kind === 0) varint();
    else at += kind === 1 ? 8 : 4;
  }
  return found;
}

/** The operations that the runtime makes of a network (ModelProto.graph, GraphProto.node, NodeProto.op_type). */
async function operationsRun(onnx: Uint8Array): Promise<string[]> {
  const file = join(folder, 'optimized.onnx');
  const session = await ort.InferenceSession.create(onnx, {
    graphOptimizationLevel: 'all',
    optimizedModelFilePath: file,
    logSeverityLevel: 4,
  });
  await session.release();
  const [graph] = fields(await readFile(file), 7);
  return fields(graph as Buffer, 1).map((node) => String(fields(node, 4)[0]));
}

describe.each(networkSizes.flatMap((size) => cameras.map((camera) => [size, camera] as const)))(
  '%s, %s',
  (size, camera) => {
    it('runs with every Relu inside the layer before it, and turned around at most once, at the input', async () => {
      const path = join(folder, 'model.tar.gz');
      await packCarArchive(path, { size, head: 'discrete', camera, seed: 5 }, { level: 0 });
      const { onnx } = await convertModel(path);
      const operations = await operationsRun(onnx);
      const count = (pattern: RegExp) => operations.filter((op) => pattern.test(op)).length;
      expect(count(/^(Fused)?Conv$/)).toBe({ shallow: 3, normal: 4, deep: 4 }[size]);
      expect(count(/^(Fused)?Gemm$/)).toBe({ shallow: 2, normal: 3, deep: 5 }[size]);
      expect(count(/^(Relu|Add|Mul|Div|Sub|MatMul)$/)).toBe(0);
      expect(operations.slice(1)).not.toContain('Transpose');
      expect(operations.length).toBeLessThanOrEqual({ shallow: 9, normal: 11, deep: 13 }[size]);
    });
  },
);
