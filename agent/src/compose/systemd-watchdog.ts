import { execFile } from 'node:child_process';

/** Tells systemd that the agent is ready, where it waits for that (Type=notify): its watchdog begins now. */
export function tellReady(env: Readonly<Record<string, string | undefined>> = process.env): void {
  if (env.NOTIFY_SOCKET !== undefined) execFile('systemd-notify', ['--ready'], () => {});
}

/**
 * Tells systemd again and again that the agent's loop runs, where its unit has a watchdog (WATCHDOG_USEC, sd_notify(3)): a
 * loop that hangs for good is ended and started anew. The wheels do not wait for that: the actuator process is neutral long
 * before. Node cannot write to systemd's socket by itself, so its own program does. Answers how to stop.
 */
export function feedWatchdog(env: Readonly<Record<string, string | undefined>> = process.env): () => void {
  const micros = Number(env.WATCHDOG_USEC);
  if (env.NOTIFY_SOCKET === undefined || !(micros > 0)) return () => {};
  const feed = () => execFile('systemd-notify', ['WATCHDOG=1'], () => {});
  feed();
  const timer = setInterval(feed, micros / 4000);
  return () => clearInterval(timer);
}
