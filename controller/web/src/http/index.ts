export { ask, type Credentials, cookieSession, type Question } from './ask.js';
export { get, refusal } from './get.js';
export { saveFile } from './save-file.js';
export { useServiceFacts, useServiceRole } from './use-service.js';
export { settingsKey, useSettings } from './use-settings.js';
