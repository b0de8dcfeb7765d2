export { Country } from './country.js';
export { Check, Choice, Group, Text, Wrong } from './fields.js';
export { default as forms } from './forms.module.css';
export { modelFiles, modelNameOf } from './model-file.js';
export { StopAllButton, StopBar } from './stop-bar.js';
export { StopByHand } from './stop-by-hand.js';
