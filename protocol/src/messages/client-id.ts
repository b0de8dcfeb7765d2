import { Computer } from './presence.js';

/**
 * The MQTT client id with which a program of ours connects: `car:blue@pi-3/1f2e3d4c5b6a/0a1b2c3d4e5f`, its user name and the
 * computer that it runs on. So a broker knows two computers with one identity apart before it lets the second in.
 */
export function clientIdOf(username: string, { host, machine, instance }: Computer): string {
  return `${username}@${host}/${machine}/${instance}`;
}

/** Undefined where the client id is none of that form for that user: a program of somebody else, or another tool. */
export function computerIn(clientId: string, username: string): Computer | undefined {
  if (!clientId.startsWith(`${username}@`)) return undefined;
  const [host, machine, instance, ...rest] = clientId.slice(username.length + 1).split('/');
  const computer = Computer.safeParse({ host, machine, instance });
  return rest.length === 0 ? computer.data : undefined;
}
