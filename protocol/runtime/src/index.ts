export { type BackOff, backOffMs } from './back-off.js';
export { archiveLimit, type Blob, type BlobStore } from './blob-store.js';
export { endChild, endingWithParent } from './child-process.js';
export { type Clock, hostClock, kernelBootId, type Now, now } from './clock.js';
export { thisComputer } from './computer.js';
export { type ConfigSources, readConfig } from './config.js';
export { type CsvCell, csvOf, csvRecords } from './csv.js';
export { FileBlobStore } from './file-blob-store.js';
export { hashed, writeWhole } from './hashed.js';
export { inHtml } from './html.js';
export {
  type Incoming,
  type LinkCounters,
  type LinkLoss,
  type LinkStatus,
  MqttLink,
  type MqttLinkOptions,
  type PublishOptions,
} from './mqtt-link.js';
export { Retry, type RetryOptions } from './retry.js';
export { type Health, type HealthEvents, type OpenSignal, Supervisor, type SupervisorParts } from './supervisor.js';
export { systemTimers, type Timers } from './timers.js';
export { supervisedProcess, WatchedProcess, type WatchedProcessOptions } from './watched-process.js';
