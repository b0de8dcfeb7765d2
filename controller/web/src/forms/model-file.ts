/** What a file input offers first; what a file is, its contents tell. */
export const modelFiles = '.gz,.tgz,.tar,.zip,.onnx,.tflite,.pb';

/** A model is called as its file is, without the endings of archives and networks. */
export const modelNameOf = (file: string): string => file.replace(/\.(?:tar\.gz|tgz|tar|zip|onnx|tflite|pb)$/i, '');
