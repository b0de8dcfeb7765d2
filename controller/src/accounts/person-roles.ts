import type { Principal } from './accounts.js';
import type { PersonRole } from './people-tables.js';

/** What a person acts as: everybody races. */
export const actsAs: Readonly<Record<PersonRole, readonly Principal['role'][]>> = {
  administrator: ['organizer', 'marshal', 'crew', 'racer'],
  organizer: ['marshal', 'crew', 'racer'],
  marshal: ['crew', 'racer'],
  crew: ['racer'],
  racer: [],
};

const ranks: readonly PersonRole[] = ['racer', 'crew', 'marshal', 'organizer', 'administrator'];

/** Whether somebody may make another's recovery link, or their role: an administrator everybody's, an organizer's those below. */
export const mayManage = (who: Principal, role: PersonRole): boolean =>
  who.role === 'administrator' || (who.role === 'organizer' && ranks.indexOf(role) < ranks.indexOf('organizer'));
