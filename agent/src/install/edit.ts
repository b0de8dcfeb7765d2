/** How a text that belongs to the computer is changed, so that it can be taken back though others changed it as well. */
export type Edit =
  /** Lines at the end. */
  | { readonly kind: 'lines'; readonly lines: readonly string[] }
  /** One more member of a group, in `group` or `gshadow`. */
  | { readonly kind: 'member'; readonly group: string; readonly user: string };

/** The same text where it is so already. */
export function applied(edit: Edit, text: string): string {
  if (edit.kind === 'member')
    return inMembers(edit, text, (members) => (members.includes(edit.user) ? members : [...members, edit.user]));
  const block = `${edit.lines.join('\n')}\n`;
  if (`\n${text}`.includes(`\n${block}`)) return text;
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${block}`;
}

/** What is left of a text without the edit; the same text where it is not there. */
export function taken(edit: Edit, text: string): string {
  if (edit.kind === 'member')
    return inMembers(edit, text, (members) => members.filter((member) => member !== edit.user));
  const block = `${edit.lines.join('\n')}\n`;
  const at = `\n${text}`.indexOf(`\n${block}`);
  if (at >= 0) return text.slice(0, at) + text.slice(at + block.length);
  // Others put something between: each line by itself.
  const lines = new Set(edit.lines);
  return text
    .split('\n')
    .filter((line) => line === '' || !lines.has(line))
    .join('\n');
}

function inMembers(
  { group }: { readonly group: string },
  text: string,
  change: (members: readonly string[]) => readonly string[],
): string {
  return text
    .split('\n')
    .map((line) => {
      const fields = line.split(':');
      if (fields[0] !== group || fields.length !== 4) return line;
      const members = fields[3] === '' ? [] : fields[3]!.split(',');
      return [...fields.slice(0, 3), change(members).join(',')].join(':');
    })
    .join('\n');
}
