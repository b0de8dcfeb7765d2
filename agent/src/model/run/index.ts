export { bindNetwork } from './bind-network.js';
export { goldenImage } from './golden-image.js';
export { type LoadedModel, type LoadOptions, loadModel, modelName } from './load-model.js';
export { ModelSlot } from './model-slot.js';
export { observe } from './observe.js';
export type { Head } from './output-head.js';
