export { Check, Choice, Group, Text, Wrong } from './fields.js';
export { default as forms } from './forms.module.css';
export { modelFiles, modelNameOf } from './model-file.js';
export { StopBar } from './stop-bar.js';
