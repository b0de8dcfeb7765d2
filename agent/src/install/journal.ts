import { compareVersions, PitwallError, parseJson } from '@pitwall/protocol';
import { z } from 'zod';
import { type Files, type Rights, unfinished } from './files.js';

/** Where it is written what was here before, line by line, each before its change is made. */
export const journalFolder = '/var/lib/pitwall-install';
export const journalFile = `${journalFolder}/journal`;

const rights = { mode: z.number().int(), uid: z.number().int(), gid: z.number().int() };
const Before = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('nothing') }),
  z.strictObject({ is: z.literal('file'), content: z.base64(), ...rights }),
  z.strictObject({ is: z.literal('folder'), ...rights }),
  z.strictObject({ is: z.literal('link'), target: z.string() }),
]);
export type Before = z.infer<typeof Before>;
const Edit = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('lines'), lines: z.array(z.string()).readonly() }),
  z.strictObject({ kind: z.literal('member'), group: z.string(), user: z.string() }),
]);

const Line = z.discriminatedUnion('line', [
  z.strictObject({
    line: z.literal('begin'),
    version: z.string(),
    /** Services that ran and were stopped. */
    stopped: z.array(z.string()),
  }),
  z.strictObject({
    line: z.literal('change'),
    path: z.string().startsWith('/'),
    before: Before,
    edit: Edit.optional(),
    leftover: z.enum(['ours', 'empty-folders', 'theirs']).optional(),
    /** SHA-256 of what the change leaves. */
    after: z.string().optional(),
  }),
  z.strictObject({ line: z.literal('done') }),
]);
export type Line = z.infer<typeof Line>;
export type Recorded = Extract<Line, { line: 'change' }>;

const forRoot: Rights = { mode: 0o600, uid: 0, gid: 0 };

/** The record of an installation. It holds lines of `/etc/shadow`: root's alone. */
export class Journal {
  readonly #files: Files;

  constructor(files: Files) {
    this.#files = files;
  }

  /** What was written; a last line that was cut short never was. @throws PitwallError `install-damaged` */
  read(): Line[] {
    const found = this.#files.read(journalFile);
    if (found?.is !== 'file') return [];
    const text = found.content.toString();
    return text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => parseJson(Line, line, `The journal ${journalFile}`, 'install-damaged'));
  }

  /** The folder, and whole lines alone. */
  open(): void {
    if (this.#files.read(journalFolder) === undefined)
      this.#files.makeFolder(journalFolder, { ...forRoot, mode: 0o700 });
    const found = this.#files.read(journalFile);
    if (found?.is === 'file' && !found.content.toString().endsWith('\n')) this.rewrite(this.read());
  }

  append(line: Line): void {
    this.#files.append(journalFile, `${JSON.stringify(line)}\n`);
  }

  rewrite(lines: readonly Line[]): void {
    this.#files.write(journalFile, Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join('')), forRoot);
  }

  /** The last thing that goes. */
  remove(): void {
    for (const path of [unfinished(journalFile), journalFile])
      if (this.#files.read(path) !== undefined) this.#files.remove(path);
    for (const path of [unfinished(journalFolder), journalFolder])
      if (this.#files.read(path) !== undefined) this.#files.removeFolder(path);
  }
}

/** Versions of three numbers. @throws PitwallError `install-refused` where the installed one is newer */
export function refuseDowngrade(lines: readonly Line[], version: string): void {
  const installed = lines.findLast((line) => line.line === 'begin')?.version;
  if (installed === undefined || compareVersions(installed, version) <= 0) return;
  throw new PitwallError(
    'install-refused',
    `Version ${installed} is installed, which is newer than ${version}; give the car back first: sudo pitwall-agent uninstall --yes`,
  );
}
