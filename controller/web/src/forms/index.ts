export { Country } from './country.js';
export { DescribeModel, questionOf } from './describe-model.js';
export { DropZone } from './drop-zone.js';
export { CheckField, ChoiceField, FieldGroup, TextField } from './fields.js';
export { Form } from './form.js';
export { modelFiles, modelNameOf } from './model-file.js';
export { StopAllButton, StopBar } from './stop-bar.js';
export { StopAnswers, StopByHand, StopDone, StopSent } from './stop-by-hand.js';
export { useFields } from './use-fields.js';
