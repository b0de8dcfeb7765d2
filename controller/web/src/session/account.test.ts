import type { Account } from '@pitwall/protocol/api';
import { expect, it } from 'vitest';
import { notAdmitted } from './account.js';

const account = (role: Account['role'], ...also: Account['may']): Account => ({
  name: 'mara',
  role,
  may: [role, ...also],
});

it('admits who may, and says to others who they are and what is needed', () => {
  expect(notAdmitted(account('marshal', 'crew'), 'crew')).toBeNull();
  expect(notAdmitted(account('racer'), undefined)).toBeNull();
  for (const role of ['organizer', 'racer'] as const)
    expect(notAdmitted(account(role), ['organizer', 'racer'])).toBeNull();
  expect(notAdmitted(account('crew'), ['organizer', 'racer'])).toBe(notAdmitted(account('crew'), 'organizer'));
  expect(notAdmitted(account('crew'), 'marshal')).toBe(
    'This is the token of mara, pit crew. Here a token with the role marshal is needed.',
  );
  expect(notAdmitted(account('gate'), 'organizer')).toBe(
    'This is the token of mara, gate. Here a token with the role organizer is needed.',
  );
});
