export { restore } from './restore-backup.js';
export { type BackupOptions, backup } from './write-backup.js';
