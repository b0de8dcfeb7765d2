import { setTimeout as delay } from 'node:timers/promises';
import { hostClock, thisComputer } from '@pitwall/runtime';
import { joinTrack } from '@pitwall/runtime/join-track';
import { joinedFolder } from '../gate/index.js';

export interface JoinFlags {
  readonly controller: string;
  readonly data: string;
}

/** `pitwall gate join`. */
export async function joinGate(invitation: string, { controller, data }: JoinFlags): Promise<void> {
  const { name, joined } = await joinTrack({
    invitation,
    controller,
    role: 'gate',
    host: thisComputer(hostClock().bootId).host,
    folderOf: (id) => joinedFolder(data, id),
    say: console.log,
    wait: (ms) => delay(ms),
  });
  console.log(`Gate ${name} is in: pitwall gate run --id ${name} --data ${data} --profile … goes to ${joined.url}`);
}
