import { type Role, rolesOf } from '@pitwall/controller/accounts';
import { type Client, clientOf, mayHear, maySay } from '@pitwall/controller/broker';
import { type Access, liveAccess, type RouteAccess } from '@pitwall/controller/http';
import { asyncApiDocument } from './asyncapi.js';

const tokenRoles: readonly Role[] = ['car', 'gate', 'source', 'standby', 'racer', 'crew', 'marshal', 'organizer'];
/** People race, too, whatever else they do. */
const personRoles: readonly Role[] = ['racer', 'crew', 'marshal', 'organizer', 'administrator'];

/** Which of them pass, before it is looked at which object they ask about. */
function passing(roles: readonly Role[], access: Access, more: readonly Role[]): string {
  if (access === 'everyone' || access === 'known') return 'all';
  if (access === 'person') return more.length > 0 ? 'all' : 'none';
  const may = roles.filter((role) => [...rolesOf({ name: '', role }), ...more].some((held) => access.includes(held)));
  if (may.length === 0) return 'none';
  return may.length === roles.length ? 'all' : may.join(', ');
}

/** Who connects to the broker: by the name with which the table has them, one that a topic is of and another. */
const clients: Readonly<Record<string, { own: Client; other: Client }>> = Object.fromEntries(
  [
    ['the car', 'car:one', 'car:two'],
    ['the gate', 'gate:one', 'gate:two'],
    ['the program of the staff', 'marshal:one', 'crew:two'],
    ['the controller', 'controller', 'controller'],
  ].map(([name, own, other]) => [name as string, { own: clientOf(own) as Client, other: clientOf(other) as Client }]),
);

/** Those who may, as `the car` where it is its own business alone and `every car` where it is not. */
function allowed(may: (client: Client) => boolean): string {
  const names = Object.entries(clients).flatMap(([name, { own, other }]) => {
    if (name === 'the controller') return may(own) ? [name] : [];
    if (may(other)) return [name.replace(/^the/, 'every')];
    return may(own) ? [name] : [];
  });
  return names.length === 0 ? 'nobody' : names.length === Object.keys(clients).length ? 'all' : names.join(', ');
}

/** The topics of the AsyncAPI document, and what the broker says to whom about each. */
function topicRows(): string[] {
  const { channels } = asyncApiDocument() as { channels: Record<string, { address: string }> };
  return Object.values(channels).map(({ address }) => {
    const topic = address.replace(/\{\w+\}/, 'one');
    const all = address.replace(/\{\w+\}/, '+');
    const says = allowed((client) => maySay(client, topic, false));
    const retained = allowed((client) => maySay(client, topic, true));
    const hears = allowed((client) => mayHear(client, topic));
    return `| \`${address}\` | ${says} | ${retained} | ${hears} | ${allowed((client) => mayHear(client, all))} |`;
  });
}

/** docs/roles.md: who may ask what, from the routes themselves. */
export function rolesPage(routes: readonly RouteAccess[]): string {
  const row = (what: string, access: Access, objects = ''): string => {
    const cells = [
      access === 'everyone' ? 'yes' : 'no',
      passing(tokenRoles, access, []),
      passing(personRoles, access, ['racer']),
    ];
    return `| ${[what, ...cells, objects].join(' | ')} |`;
  };
  const head = (what: string): string[] => [
    `| ${[what, 'nobody known', 'tokens', 'people', 'which ones'].join(' | ')} |`,
    '|---|---|---|---|---|',
  ];
  const shown = routes.filter(({ method, url }) => method !== 'HEAD' && !url.startsWith('/api/docs') && url !== '/*');
  return [
    '# Roles',
    '',
    'Who may ask what. A route that does not say who may ask it keeps the controller from starting; who may not is refused',
    '(401 `access-unknown` for those who are not known, 403 `access-denied` for the others) before anything of the request is read.',
    '',
    `- *Tokens*: programs, cars, gates and the command line send \`Authorization: Bearer TOKEN\`. Their roles: ${tokenRoles.join(', ')}.`,
    `- *People* have signed in on the pages. Their roles: ${personRoles.join(', ')}. People race, too, whatever else they do; a`,
    '  marshal’s token enters no race.',
    '- *Which ones*: where a role alone does not tell. Whoever may not see a race, or its board, is answered as if there were none.',
    '',
    '## Routes',
    '',
    ...head('route'),
    ...shown.map(({ method, url, access, objects }) => row(`${method} \`${url}\``, access, objects)),
    '',
    '## Messages of the WebSocket `/api/v1/live`',
    '',
    ...head('message'),
    ...Object.entries(liveAccess).map(([type, access]) =>
      row(`\`${type}\``, access, type === 'follow-online' ? 'races that one may see' : ''),
    ),
    '',
    '## Topics of MQTT',
    '',
    'Of the broker inside. What is published there is in [api/asyncapi.json](api/asyncapi.json). Whoever publishes what they may not is',
    'disconnected, and nobody hears it; a subscription that is not allowed is refused, and the connection goes on.',
    '',
    '| topic | publishes | the same, retained | hears one | hears all (`+`) |',
    '|---|---|---|---|---|',
    ...topicRows(),
    '',
  ].join('\n');
}
