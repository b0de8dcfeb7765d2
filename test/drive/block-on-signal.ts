// Loaded into an agent by NODE_OPTIONS=--import: SIGUSR2 blocks its event loop for two seconds, as a bug would.
process.on('SIGUSR2', () => {
  const until = process.hrtime.bigint() + 2_000_000_000n;
  while (process.hrtime.bigint() < until);
});
