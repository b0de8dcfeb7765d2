export { type Comparison, compareModels, type Difference, difference } from './compare-models.js';
export { describeModel, type ModelSummary } from './describe-model.js';
export { drawExplanation } from './draw-explanation.js';
export { type Saliency, saliency } from './saliency.js';
