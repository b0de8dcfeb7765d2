import { type Role, rolesOf } from '@pitwall/controller/accounts';
import { type Access, liveAccess, type RouteAccess } from '@pitwall/controller/http';

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
    'Topics of MQTT: [api/asyncapi.json](api/asyncapi.json).',
    '',
  ].join('\n');
}
