import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Config } from './config.js';
import { ports } from './ports.js';

const guide = readFileSync(new URL('../../../docs/network.md', import.meta.url), 'utf8');

it('docs/network.md lists every port that a controller listens at, as the code has it', () => {
  const rows = [...guide.matchAll(/^\| (\d+) \| `(\w+)` \|/gm)].map(([, port, name]) => [name, Number(port)]);
  expect(Object.fromEntries(rows)).toEqual(ports);
  expect(rows).toHaveLength(Object.keys(ports).length);
  const { http, hall, rmonitor } = Config.parse({ hall: {}, rmonitor: {} });
  expect({ http: http.port, hall: hall?.port, rmonitor: rmonitor?.port }).toEqual({
    http: ports.http,
    hall: ports.hall,
    rmonitor: ports.rmonitor,
  });
});
