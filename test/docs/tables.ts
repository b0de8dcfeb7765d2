import { routeDocuments } from '@pitwall/controller/documents';
import { errorCodes } from '@pitwall/protocol';
import { asyncApiDocument } from './asyncapi.js';
import { limitsPage } from './limits.js';
import { CarProfile, carProfilePage, GateProfile, jsonSchema } from './profiles.js';
import { rolesPage } from './roles.js';
import { statesPage } from './states.js';
import { troubleshootingPage } from './troubleshooting.js';

const { openApi, access } = await routeDocuments();

/** The documents that list what the code defines: file, and the text it must hold. `npm run docs` writes them. */
export const documents: Readonly<Record<string, () => string>> = {
  'docs/errors.md': () =>
    [
      '# Errors',
      '',
      'Every error that Pitwall reports has one of these codes: on the command line at the start of the line, over HTTP in',
      '`error.code`, in a car’s reply in `code`. The message beside it says what is wrong, where, and what to do.',
      '',
      '| code | meaning |',
      '|---|---|',
      ...Object.entries(errorCodes)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([code, meaning]) => `| \`${code}\` | ${meaning} |`),
      '',
    ].join('\n'),
  'docs/limits.md': limitsPage,
  'docs/troubleshooting.md': troubleshootingPage,
  'docs/profiles.md': carProfilePage,
  'docs/roles.md': () => rolesPage(access),
  'docs/states.md': statesPage,
  'firmware-config/schema/car-profile.json': () => jsonSchema(CarProfile, 'A car as hardware'),
  'firmware-config/schema/gate-profile.json': () => jsonSchema(GateProfile, 'A gate as hardware'),
  'docs/api/asyncapi.json': () => `${JSON.stringify(asyncApiDocument(), null, 2)}\n`,
  'docs/api/openapi.json': () => `${JSON.stringify(openApi, null, 2)}\n`,
};
