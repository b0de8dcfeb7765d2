import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What the systemd unit has made (`StateDirectory=pitwall`). */
const ofService = '/var/lib/pitwall';

/**
 * Where recordings and models lie when nobody says otherwise: in the folder that systemd made for the service, which a
 * command in a terminal finds as well, or else in `pitwall-data`.
 */
export const stateFolder = (...names: readonly string[]): string =>
  join(process.env.STATE_DIRECTORY ?? (existsSync(ofService) ? ofService : 'pitwall-data'), ...names);

/** What a car keeps of the controller that let it in. */
export const joinedFolder = (car: string): string => stateFolder('link', car);
