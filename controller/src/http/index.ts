export { type App, createApp, type HttpOptions, type Listen, listen, type Routes } from './server.js';
