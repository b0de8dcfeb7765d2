import type { NetworkFormat } from './network-format.js';

/** What a file is by its first bytes, whatever it is called. */
export type FileKind =
  | { readonly is: 'archive'; readonly packing: 'gzip' | 'tar' | 'zip' }
  | { readonly is: 'network'; readonly format: NetworkFormat }
  | ({ readonly is: 'other' } & Foreign)
  | { readonly is: 'unknown'; readonly isText: boolean };

/** A file of another tool. `what`: a phrase that follows "is"; `advice`: a sentence that says how to come by what is taken. */
export interface Foreign {
  readonly what: string;
  readonly advice: string;
}

/** So many bytes tell. */
export const headLength = 1024;

const begins = (head: Uint8Array, ...bytes: readonly number[]): boolean => bytes.every((byte, at) => head[at] === byte);
const text = (head: Uint8Array, from = 0, to = head.length): string =>
  Buffer.from(head.subarray(from, to)).toString('latin1');

const other = (what: string, advice: string): FileKind => ({ is: 'other', what, advice });
const unpack = (program: string) => `Unpack it (${program}) and pack the model as .tar.gz or .zip.`;
const again = 'Download it again, signed in, and look at its size before it goes onto the stick.';
export const kerasAdvice =
  "Convert it: python -c \"import tensorflow as tf; m = tf.keras.models.load_model('FILE'); open('pilot.tflite', 'wb').write(tf.lite.TFLiteConverter.from_keras_model(m).convert())\".";
export const torchAdvice =
  'Export the network itself: torch.onnx.export(model, torch.zeros(1, 1, 120, 160), "pilot.onnx", opset_version=17, dynamo=False).';
export const torchScriptAdvice =
  "Convert it: python -c \"import torch; torch.onnx.export(torch.jit.load('FILE').eval(), torch.zeros(1, 1, 120, 160), 'pilot.onnx', opset_version=17, dynamo=False)\".";
export const stableBaselinesAdvice =
  'Export its policy with what its guide shows (stable-baselines3.readthedocs.io, "Exporting models"): torch.onnx.export(OnnxableSB3Policy(model.policy), torch.zeros(1, 1, 120, 160), "pilot.onnx", opset_version=17, dynamo=False).';
export const savedModelAdvice =
  'Convert it: python -m tf2onnx.convert --saved-model FOLDER --output pilot.onnx --opset 17.';
const original =
  'It was made for one kind of machine from a network that is taken here: hand in the .onnx, .tflite or .pb it was made from.';

/** Where each is known from: the format's own specification or the source that writes it. */
const known: readonly (readonly [(head: Uint8Array) => boolean, FileKind])[] = [
  // RFC 1952
  [(head) => begins(head, 0x1f, 0x8b), { is: 'archive', packing: 'gzip' }],
  // APPNOTE.TXT 4.3.7; an empty archive is the end of its directory alone
  [(head) => begins(head, 0x50, 0x4b, 3, 4) || begins(head, 0x50, 0x4b, 5, 6), { is: 'archive', packing: 'zip' }],
  // tensorflow/lite/schema/schema.fbs: file_identifier "TFL3"
  [(head) => text(head, 4, 8) === 'TFL3', { is: 'network', format: 'tflite' }],
  // xz-file-format.txt 2.1.1.1, bzip2's own, RFC 8878, 7zFormat.txt, RAR's technote
  [(head) => begins(head, 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0), other('packed with xz', unpack('unxz FILE'))],
  [(head) => /^BZh[1-9]/.test(text(head, 0, 4)), other('packed with bzip2', unpack('bunzip2 FILE'))],
  [(head) => begins(head, 0x28, 0xb5, 0x2f, 0xfd), other('packed with zstd', unpack('unzstd FILE'))],
  // lz4_Frame_format.md, lzma-file-format.txt 1.1 (the properties and dictionary that lzma writes), compress(1)
  [(head) => begins(head, 0x04, 0x22, 0x4d, 0x18), other('packed with lz4', unpack('unlz4 FILE'))],
  [(head) => begins(head, 0x5d, 0, 0) && head[12] === 0xff, other('packed with lzma', unpack('unlzma FILE'))],
  [(head) => begins(head, 0x1f, 0x9d), other('packed with compress', unpack('uncompress FILE'))],
  [(head) => begins(head, 0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c), other('a 7z archive', unpack('7z x FILE'))],
  [(head) => text(head, 0, 6) === 'Rar!\x1a\x07', other('a RAR archive', unpack('unrar x FILE'))],
  // HDF5 file format specification III.A
  [(head) => begins(head, 0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a), other('a Keras model (HDF5)', kerasAdvice)],
  // pytorch/torch/serialization.py, MAGIC_NUMBER as a pickle: what torch.save wrote before version 1.6
  [(head) => begins(head, 0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46), other('a PyTorch checkpoint', torchAdvice)],
  [(head) => head[0] === 0x80 && (head[1] ?? 0) >= 2 && (head[1] ?? 9) <= 5, other('a Python pickle', torchAdvice)],
  // huggingface/safetensors, README: the length of a header that is JSON
  [
    (head) =>
      head.length > 9 &&
      begins(head.subarray(5), 0, 0, 0) &&
      head[8] === 0x7b &&
      (head[9] === 0x22 || head[9] === 0x7d),
    other('a file of weights (safetensors)', torchAdvice),
  ],
  // What trtexec --saveEngine writes begins with the tag of the plan, as netron/source/tensorrt.js knows it.
  [(head) => /^(?:ftrt|ptrt)/.test(text(head, 0, 4)), other('a TensorRT engine', original)],
  // git-lfs/docs/spec.md
  [
    (head) => text(head).startsWith('version https://git-lfs.github.com/spec/'),
    other('a Git LFS pointer, a few lines that stand for the file', 'Fetch the file itself: git lfs pull.'),
  ],
  [
    (head) =>
      /^\s*(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)?<(?:!doctype html|html|head|body|meta|script|title)\b/is.test(
        text(head),
      ),
    other('a web page, perhaps one to sign in at', again),
  ],
];

export function kindOf(head: Uint8Array): FileKind {
  if (isTar(head)) return { is: 'archive', packing: 'tar' };
  const found = known.find(([is]) => is(head))?.[1];
  if (found !== undefined) return found;
  const start = text(head)
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  // docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
  const refusal = /^(?:<\?xml[^>]*>\s*)?<Error>.*?<Code>([^<]{1,60})<\/Code>/s.exec(start);
  if (refusal !== null) return other(`an answer of the store it was downloaded from (${refusal[1]})`, again);
  if (/^(?:<\?xml[^>]*>\s*)?<net\s/.test(start)) return other('an OpenVINO network', original);
  if (start.startsWith('<?xml')) return other('an XML document', again);
  return protobufKind(head);
}

/** What lies in an archive and is another tool's, also where that tool's own files are zip archives, known by their first entry. */
export function insideKind(head: Uint8Array): Foreign | undefined {
  const kind = kindOf(head);
  if (kind.is === 'other') return { what: kind.what, advice: kind.advice };
  if (kind.is !== 'archive' || kind.packing !== 'zip' || head.length < 30) return undefined;
  const nameLength = (head[26] ?? 0) + 256 * (head[27] ?? 0);
  const first = text(head, 30, 30 + nameLength);
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
  if (isSavedModel(head)) return other('a TensorFlow SavedModel', savedModelAdvice);
  // GraphDef.node, a NodeDef that begins with its name: tensorflow/core/framework/graph.proto
  if (head[0] === 0x0a) {
    let at = 1;
    while (at < 5 && ((head[at] ?? 0) & 0x80) !== 0) at += 1;
    if (head[at + 1] === 0x0a) return { is: 'network', format: 'tensorflow' };
  }
  return { is: 'unknown', isText: head.length > 0 && /^[\t\n\r\x20-\x7e\x80-\xff]*$/.test(text(head)) };
}

/** Old archives have no magic bytes either; the sum of the header's bytes is in it. POSIX.1-2017, pax, ustar interchange format */
function isTar(head: Uint8Array): boolean {
  if (head.length < 512) return false;
  const written = /^ *([0-7]+)[ \0]/.exec(text(head, 148, 156))?.[1];
  if (written === undefined) return false;
  const sum = head.subarray(0, 512).reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  return sum === Number.parseInt(written, 8);
}
