import {
  begins,
  type Foreign,
  foreignModels,
  isCalled,
  kerasAdvice,
  latin,
  savedModelAdvice,
  torchAdvice,
} from './foreign-models.js';
import type { NetworkFormat } from './network-format.js';
import { isReadable, otherFile } from './other-files.js';

/** What a file is by its first bytes, whatever it is called. */
export type FileKind =
  | { readonly is: 'archive'; readonly packing: 'gzip' | 'tar' | 'zip' }
  | { readonly is: 'network'; readonly format: NetworkFormat }
  | ({ readonly is: 'other' } & Foreign)
  | { readonly is: 'unknown'; readonly isText: boolean };

/** So many bytes tell. */
export const headLength = 1024;

export function kindOf(head: Uint8Array): FileKind {
  if (isTar(head)) return { is: 'archive', packing: 'tar' };
  // RFC 1952
  if (begins(head, 0x1f, 0x8b)) return { is: 'archive', packing: 'gzip' };
  // APPNOTE.TXT 4.3.7; an empty archive is the end of its directory alone
  if (begins(head, 0x50, 0x4b, 3, 4) || begins(head, 0x50, 0x4b, 5, 6)) return { is: 'archive', packing: 'zip' };
  // tensorflow/lite/schema/schema.fbs: file_identifier "TFL3"
  if (isCalled('TFL3', 4)(head)) return { is: 'network', format: 'tflite' };
  const foreign = foreignModel(head) ?? otherFile(head);
  return foreign === undefined ? protobufKind(head) : { is: 'other', ...foreign };
}

function foreignModel(head: Uint8Array): Foreign | undefined {
  const found = foreignModels.find(([is]) => is(head));
  return found === undefined ? undefined : { what: found[1], advice: found[2] };
}

/** What lies in an archive and is another tool's, also where that tool's own files are zip archives, known by their first entry. */
export function insideKind(head: Uint8Array): Foreign | undefined {
  const foreign = foreignModel(head);
  if (foreign !== undefined) return foreign;
  if (!begins(head, 0x50, 0x4b, 3, 4) || head.length < 30) return undefined;
  const nameLength = (head[26] ?? 0) + 256 * (head[27] ?? 0);
  const first = latin(head, 30, 30 + nameLength);
  // torch/serialization.py writes data.pkl first, keras/src/saving/saving_lib.py metadata.json.
  if (/(?:^|\/)(?:data\.pkl|\.format_version)$/.test(first))
    return { what: 'a PyTorch checkpoint', advice: torchAdvice };
  if (first === 'metadata.json' || first === 'config.json')
    return { what: 'a Keras model (.keras)', advice: kerasAdvice };
  return undefined;
}

/** saved_model_schema_version 1, then a meta graph: tensorflow/core/protobuf/saved_model.proto */
export const isSavedModel = (head: Uint8Array): boolean => begins(head, 0x08, 0x01, 0x12);

/** A protocol buffer has no magic bytes; which fields it begins with tells the three apart that matter here. */
function protobufKind(head: Uint8Array): FileKind {
  // ModelProto.ir_version, 3 since 2017, then a field of its own: onnx/onnx.proto3
  if (
    head[0] === 0x08 &&
    (head[1] ?? 0) >= 3 &&
    (head[1] ?? 99) <= 32 &&
    [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42].includes(head[2] ?? 0)
  )
    return { is: 'network', format: 'onnx' };
  if (isSavedModel(head)) return { is: 'other', what: 'a TensorFlow SavedModel', advice: savedModelAdvice };
  // GraphDef.node, a NodeDef that begins with its name: tensorflow/core/framework/graph.proto
  if (head[0] === 0x0a) {
    let at = 1;
    while (at < 5 && ((head[at] ?? 0) & 0x80) !== 0) at += 1;
    if (head[at + 1] === 0x0a) return { is: 'network', format: 'tensorflow' };
  }
  return { is: 'unknown', isText: isReadable(head) };
}

/** Old archives have no magic bytes either; the sum of the header's bytes is in it. POSIX.1-2017, pax, ustar interchange format */
function isTar(head: Uint8Array): boolean {
  if (head.length < 512) return false;
  const written = /^ *([0-7]+)[ \0]/.exec(latin(head, 148, 156))?.[1];
  if (written === undefined) return false;
  const sum = head.subarray(0, 512).reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  return sum === Number.parseInt(written, 8);
}
