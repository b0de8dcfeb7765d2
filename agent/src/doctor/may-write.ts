import { accessSync, constants } from 'node:fs';

/** Whether this user may write there. */
export function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
