export { ErasedList, erasedFile } from './erased-list.js';
export type { ExportedFile, Holder } from './holder.js';
export { PersonalData } from './personal-data.js';
