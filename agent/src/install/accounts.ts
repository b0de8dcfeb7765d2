import type { Change } from './change.js';

/** The texts of passwd(5), group(5), shadow(5) and gshadow(5); of a computer without shadow files two are missing. */
export interface Accounts {
  readonly passwd: string;
  readonly group: string;
  readonly shadow: string | undefined;
  readonly gshadow: string | undefined;
}

export interface User {
  readonly uid: number;
  readonly gid: number;
}

const rows = (text: string) => text.split('\n').map((line) => line.split(':'));
const hasRow = (text: string, name: string) => rows(text).some((fields) => fields[0] === name);
const numberOf = (text: string, name: string): number | undefined => {
  const found = rows(text).find((fields) => fields[0] === name)?.[2];
  return found === undefined ? undefined : Number(found);
};

/** System accounts count down from 999 (login.defs(5), SYS_UID_MAX). */
function free(texts: readonly string[], taken: ReadonlySet<number>): number {
  const used = new Set([...texts.flatMap((text) => rows(text).map((fields) => Number(fields[2]))), ...taken]);
  for (let id = 999; id > 100; id -= 1) if (!used.has(id)) return id;
  throw new Error('No number is left for a system account.');
}

/**
 * A system user of that name without a password or a shell, in these groups, each made where there is none: as `useradd --system` and
 * `groupadd --system` would, but as single lines that can be taken back. Each file by itself: an earlier try may have ended between two.
 */
export function accountChanges(
  accounts: Accounts,
  name: string,
  home: string,
  groups: readonly string[],
): { readonly user: User; readonly changes: Change[] } {
  const changes: Change[] = [];
  const taken = new Set<number>();
  const ensure = (path: string, text: string | undefined, of: string, line: string, why: string) => {
    if (text === undefined || hasRow(text, of)) return;
    changes.push({ kind: 'edit', path, edit: { kind: 'lines', lines: [line] }, why });
  };
  const group = (of: string, member: string): number => {
    let gid = numberOf(accounts.group, of);
    if (gid === undefined) {
      gid = free([accounts.group, accounts.passwd], taken);
      taken.add(gid);
    }
    ensure('/etc/group', accounts.group, of, `${of}:x:${gid}:${member}`, `group ${of}`);
    ensure('/etc/gshadow', accounts.gshadow, of, `${of}:!::${member}`, `group ${of}`);
    if (member === '') return gid;
    const edit = { kind: 'member', group: of, user: member } as const;
    for (const [path, text] of [
      ['/etc/group', accounts.group],
      ['/etc/gshadow', accounts.gshadow],
    ] as const)
      if (text !== undefined && hasRow(text, of))
        changes.push({ kind: 'edit', path, edit, why: `user ${member} in group ${of}` });
    return gid;
  };
  const gid = group(name, '');
  const isFree = !rows(accounts.passwd).some((fields) => Number(fields[2]) === gid);
  const uid = numberOf(accounts.passwd, name) ?? (isFree ? gid : free([accounts.passwd, accounts.group], taken));
  ensure('/etc/passwd', accounts.passwd, name, `${name}:x:${uid}:${gid}::${home}:/usr/sbin/nologin`, `user ${name}`);
  // No password, of no age: shadow(5).
  ensure('/etc/shadow', accounts.shadow, name, `${name}:!:::::::`, `user ${name}`);
  for (const one of groups) group(one, name);
  return { user: { uid, gid }, changes };
}
