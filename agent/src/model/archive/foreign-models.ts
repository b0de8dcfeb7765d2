/** A file of another tool. `what`: a phrase that follows "is"; `advice`: a sentence that says how to come by what is taken. */
export interface Foreign {
  readonly what: string;
  readonly advice: string;
}
/** What a file is, by its beginning. */
export type Known = readonly [is: (head: Uint8Array) => boolean, what: string, advice: string];

export const begins = (head: Uint8Array, ...bytes: readonly number[]): boolean =>
  bytes.every((byte, at) => head[at] === byte);
export const latin = (head: Uint8Array, from = 0, to = head.length): string =>
  Buffer.from(head.subarray(from, to)).toString('latin1');
export const isCalled =
  (name: string, at = 0) =>
  (head: Uint8Array): boolean =>
    latin(head, at, at + name.length) === name;

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

/** Whatever the file is called: what comes out is a .tar, which is taken. */
const unpack = (program: string) => `Unpack it (${program} < FILE > model.tar) and hand in the model.tar.`;
const repack = (command: string) => `Pack it anew: ${command} && tar czf model.tar.gz -C model .`;
const cpio = repack('mkdir model && (cd model && cpio -idm < ../FILE)');

/** Archives that are not opened here, and networks as other tools save them: in an archive, too, they tell what to do. */
export const foreignModels: readonly Known[] = [
  // xz-file-format.txt 2.1.1.1, bzip2's own, RFC 8878, lz4_Frame_format.md, lzma-file-format.txt 1.1 (the properties and
  // dictionary that lzma writes), lzip's manual, lzop's conf.h, compress(1)
  [(head) => begins(head, 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0), 'packed with xz', unpack('unxz')],
  [(head) => /^BZh[1-9]/.test(latin(head, 0, 4)), 'packed with bzip2', unpack('bunzip2')],
  [(head) => begins(head, 0x28, 0xb5, 0x2f, 0xfd), 'packed with zstd', unpack('unzstd')],
  [(head) => begins(head, 0x04, 0x22, 0x4d, 0x18), 'packed with lz4', unpack('unlz4')],
  [(head) => begins(head, 0x5d, 0, 0) && head[12] === 0xff, 'packed with lzma', unpack('unlzma')],
  [isCalled('LZIP'), 'packed with lzip', unpack('lzip -d')],
  [(head) => begins(head, 0x89, 0x4c, 0x5a, 0x4f, 0), 'packed with lzop', unpack('lzop -d')],
  [(head) => begins(head, 0x1f, 0x9d), 'packed with compress', unpack('uncompress')],
  // 7zFormat.txt, RAR's technote, cpio(5), the Microsoft Cabinet format, xar's header
  [(head) => begins(head, 0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c), 'a 7z archive', repack('7z x FILE -omodel')],
  [isCalled('Rar!\x1a\x07'), 'a RAR archive', repack('unrar x FILE model/')],
  [(head) => /^0707(?:0[127]|07)/.test(latin(head, 0, 6)), 'a cpio archive', cpio],
  [isCalled('MSCF'), 'a cabinet file', repack('7z x FILE -omodel')],
  [isCalled('xar!'), 'a xar archive', repack('7z x FILE -omodel')],
  // HDF5 file format specification III.A
  [(head) => begins(head, 0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a), 'a Keras model (HDF5)', kerasAdvice],
  // pytorch/torch/serialization.py, MAGIC_NUMBER as a pickle: what torch.save wrote before version 1.6
  [(head) => begins(head, 0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46), 'a PyTorch checkpoint', torchAdvice],
  [(head) => head[0] === 0x80 && (head[1] ?? 0) >= 2 && (head[1] ?? 9) <= 5, 'a Python pickle', torchAdvice],
  // huggingface/safetensors, README: the length of a header that is JSON
  [
    (head) =>
      head.length > 9 &&
      begins(head.subarray(5), 0, 0, 0) &&
      head[8] === 0x7b &&
      (head[9] === 0x22 || head[9] === 0x7d),
    'a file of weights (safetensors)',
    torchAdvice,
  ],
  // What trtexec --saveEngine writes begins with the tag of the plan, as netron/source/tensorrt.js knows it.
  [(head) => /^(?:ftrt|ptrt)/.test(latin(head, 0, 4)), 'a TensorRT engine', original],
  // openvino/docs: the root element of an IR
  [(head) => /^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?<net\s/.test(latin(head)), 'an OpenVINO network', original],
];
