/**
 * Every error code, with what it means. The table in docs/errors.md is written from this file (`npm run docs`), and a
 * test keeps the two equal.
 */
export const errorCodes = {
  'access-denied': 'The caller is known but may not do this.',
  'access-unknown': 'No credential, or one that is not known here.',
  'archive-invalid': 'A model archive is broken, or holds something that no model archive may hold.',
  'archive-too-large': 'A model archive exceeds a limit on size, entries or depth.',
  'checkpoint-unknown': 'The archive has no such checkpoint.',
  'board-exists': 'A leaderboard of that id exists already.',
  'board-frozen': 'A leaderboard has results, so how it ranks cannot change.',
  'config-invalid': 'A configuration file, environment variable or flag has a wrong value.',
  'graph-invalid': 'A network file is broken, or does not fit its metadata.',
  'graph-too-large': 'A network needs more memory or computation than is allowed.',
  'graph-unsupported': 'A network uses an operation, type or version that is not supported.',
  'internal-error': 'A defect in Pitwall itself; the log has the details.',
  'key-conflict': 'A key belongs to another source, or was revoked.',
  'listen-refused': 'Listening beyond this machine wants TLS or an explicit --insecure.',
  'journal-unavailable': 'The file in which a gate keeps its crossings cannot be opened or written.',
  'message-invalid': 'An MQTT payload, request body or file does not have the shape it must have.',
  'metadata-invalid': 'model_metadata.json is missing or has a wrong value.',
  'not-found': 'What was asked for does not exist.',
  'observation-invalid': 'An observation lacks a sensor that the model needs, or has the wrong size.',
  'output-invalid': 'A network gave numbers that cannot be an action.',
  'port-in-use': 'Another program listens on the port.',
  'request-refused': 'The server refuses the request as such: too large, not JSON, wrong media type, too many.',
  'result-conflict': 'A result of that id and revision is known with other content, or from another source.',
  'signature-invalid': 'A signature is missing where one is needed, does not fit, or its key is unknown or revoked.',
  'profile-invalid': 'A car or gate profile has a wrong value; the message names each field.',
  'store-unavailable': 'The database cannot be opened, written or brought up to date.',
  'track-invalid': 'A track cannot be driven or breaks the building rules; the message names the place.',
} as const satisfies Record<string, string>;
