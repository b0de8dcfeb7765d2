/** The file formats of networks that are imported. */
export type NetworkFormat = 'tensorflow' | 'onnx' | 'tflite';

const formats: Readonly<Record<string, NetworkFormat>> = { pb: 'tensorflow', onnx: 'onnx', tflite: 'tflite' };

/** The format that a file's name promises; undefined for everything else. */
export const networkFormat = (path: string): NetworkFormat | undefined =>
  formats[path.slice(path.lastIndexOf('.') + 1).toLowerCase()];
