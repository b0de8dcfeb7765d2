// Loaded into an agent by NODE_OPTIONS=--import: SIGUSR2 blocks its event loop for two seconds, as a bug would. It sleeps
// instead of spinning, so that it takes nothing from the emulated board beside it.
process.on('SIGUSR2', () => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000);
});
