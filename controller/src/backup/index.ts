export { isBlobName } from './backup-file.js';
export { type DataPlaces, filesOf, isSecret, secretsOf } from './data-folder.js';
export { restore } from './restore-backup.js';
export { demandPassphrase, openSealed, sealFiles } from './sealed-files.js';
export { type BackupOptions, backup } from './write-backup.js';
