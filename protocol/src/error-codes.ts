/**
 * Every error code, with what it means. The table in docs/errors.md is written from this file (`npm run docs`), and a
 * test keeps the two equal.
 */
export const errorCodes = {
  'access-denied': 'The caller is known but may not do this.',
  'access-unknown': 'No credential, or one that is not known here.',
  'config-invalid': 'A configuration file, environment variable or flag has a wrong value.',
  'internal-error': 'A defect in Pitwall itself; the log has the details.',
  'journal-unavailable': 'The file in which a gate keeps its crossings cannot be opened or written.',
  'message-invalid': 'An MQTT payload, request body or file does not have the shape it must have.',
  'not-found': 'What was asked for does not exist.',
  'port-in-use': 'Another program listens on the port.',
  'profile-invalid': 'A car or gate profile has a wrong value; the message names each field.',
  'store-unavailable': 'The database cannot be opened, written or brought up to date.',
  'track-invalid': 'A track cannot be driven or breaks the building rules; the message names the place.',
} as const satisfies Record<string, string>;
