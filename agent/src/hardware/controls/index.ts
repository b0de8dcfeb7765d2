export { type ButtonSettings, EmergencyButton } from './button.js';
export { type Controls, type ControlsEvents, stopsOnly } from './controls.js';
export { Gamepad } from './gamepad.js';
export { Keyboard, keyboardHelp, keysOf } from './keyboard.js';
