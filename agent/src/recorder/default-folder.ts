import { join } from 'node:path';

/** Where recordings lie when nobody says otherwise: in the folder that systemd made for the service, if it did. */
export const defaultFolder = (): string => join(process.env.STATE_DIRECTORY ?? 'pitwall-data', 'recordings');
