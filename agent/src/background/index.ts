export { type Download, download } from './download.js';
export { runInBackground, serveTask } from './humble-process.js';
