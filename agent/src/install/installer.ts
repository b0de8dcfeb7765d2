import { createHash } from 'node:crypto';
import { PitwallError } from '@pitwall/protocol';
import type { Change } from './change.js';
import { applied, taken } from './edit.js';
import { type Entry, type Files, unfinished } from './files.js';
import { type Before, Journal, type Recorded, refuseDowngrade } from './journal.js';

const digest = (content: Buffer) => createHash('sha256').update(content).digest('hex');

/** Makes the changes of a plan on a computer's files, and takes them back. */
export class Installer {
  readonly #files: Files;
  readonly #journal: Journal;

  constructor(files: Files) {
    this.#files = files;
    this.#journal = new Journal(files);
  }

  /** Whether something was begun here and not taken back. */
  isInstalled(): boolean {
    return this.#journal.read().length > 0;
  }

  /** Services that an installation stopped. */
  stopped(): readonly string[] {
    return [...new Set(this.#journal.read().flatMap((line) => (line.line === 'begin' ? line.stopped : [])))];
  }

  /** What of these is not so already. */
  missing(changes: readonly Change[]): Change[] {
    return changes.filter((change) => !this.#isSo(change));
  }

  /**
   * Makes each change that is not there, each written down before. One that an earlier try was interrupted in goes on where that was;
   * where one cannot be made, those of this try are taken back. `stopped`: services that are stopped for it.
   * @throws PitwallError `install-refused`, `install-failed`, `install-damaged`
   */
  install(changes: readonly Change[], version: string, stopped: readonly string[]): void {
    refuseDowngrade(this.#journal.read(), version);
    const made: Recorded[] = [];
    const before = this.#journal.read();
    try {
      this.#journal.open();
      this.#journal.append({ line: 'begin', version, stopped: [...stopped] });
      for (const change of changes) {
        if (this.#isSo(change)) continue;
        const record = this.#record(change);
        this.#journal.append(record);
        made.push(record);
        this.#make(change);
      }
      this.#journal.append({ line: 'done' });
    } catch (cause) {
      this.#takeBack(made);
      if (before.length === 0) this.#journal.remove();
      else this.#journal.rewrite(before);
      throw new PitwallError(
        'install-failed',
        `${made.at(-1)?.path ?? 'The journal'} cannot be written; everything is as it was before.`,
        { cause },
      );
    }
  }

  /**
   * Gives the computer back as it was, also after an interruption; may be repeated. `keepData`: models, recordings and calibration stay.
   * @returns what stays, as sentences @throws PitwallError `install-damaged`
   */
  uninstall({ keepData }: { readonly keepData: boolean }): string[] {
    const lines = this.#journal.read();
    const left = this.#takeBack(
      lines.filter((line): line is Recorded => line.line === 'change'),
      keepData,
    );
    this.#journal.remove();
    return left;
  }

  #isSo(change: Change): boolean {
    const found = this.#files.read(change.path);
    switch (change.kind) {
      case 'folder':
        return found?.is === 'folder';
      case 'link':
        return found?.is === 'link' && found.target === change.target;
      case 'file':
        return found?.is === 'file' && (change.keep === true || found.content.equals(Buffer.from(change.text)));
      case 'edit': {
        const text = found?.is === 'file' ? found.content.toString('latin1') : '';
        return found?.is === 'file' && applied(change.edit, text) === text;
      }
      // Whether it is the same program nobody knows before it is compared; copying it again does no harm.
      case 'tree':
        return false;
    }
  }

  #record(change: Change): Recorded {
    const found = this.#files.read(change.path);
    const record = { line: 'change', path: change.path, before: beforeOf(found) } as const;
    switch (change.kind) {
      case 'folder':
        return { ...record, leftover: change.leftover };
      case 'file':
        return { ...record, after: digest(Buffer.from(change.text)) };
      case 'edit': {
        const text = found?.is === 'file' ? found.content.toString('latin1') : '';
        return {
          ...record,
          edit: change.edit,
          after: digest(latin1(applied(change.edit, text))),
        };
      }
      case 'tree':
        return { ...record, leftover: 'ours' };
      case 'link':
        return record;
    }
  }

  #make(change: Change): void {
    const found = this.#files.read(change.path);
    switch (change.kind) {
      case 'folder':
        this.#files.makeFolder(change.path, change);
        break;
      case 'file':
        this.#files.write(change.path, Buffer.from(change.text), change);
        break;
      case 'link':
        this.#files.link(change.path, change.target);
        break;
      case 'tree':
        this.#files.copyTree(change.from, change.path);
        break;
      case 'edit': {
        // Byte by byte: what others wrote there need not be UTF-8.
        const rights = found?.is === 'file' ? found : { mode: 0o644, uid: 0, gid: 0 };
        const text = found?.is === 'file' ? found.content.toString('latin1') : '';
        this.#files.write(change.path, latin1(applied(change.edit, text)), rights);
        break;
      }
    }
  }

  /** The last one first. */
  #takeBack(records: readonly Recorded[], keepData = false): string[] {
    const left = [...records].reverse().flatMap((record) => {
      if (this.#files.read(unfinished(record.path)) !== undefined) this.#files.removeTree(unfinished(record.path));
      return this.#takeBackOne(record, keepData);
    });
    return [...new Set(left)];
  }

  #takeBackOne({ path, before, edit, leftover, after }: Recorded, keepData: boolean): string[] {
    const found = this.#files.read(path);
    if (keepData && path.startsWith('/var/lib/pitwall')) return [];
    if (before.is === 'nothing') {
      if (found === undefined) return [];
      if (found.is === 'folder') return this.#removeFolder(path, leftover ?? 'theirs');
      this.#files.remove(path);
      return [];
    }
    if (before.is === 'link') {
      if (found?.is !== 'link' || found.target !== before.target) this.#files.link(path, before.target);
      return [];
    }
    // A folder that was there was never changed, but for a program's, whose earlier version is the same thing.
    if (before.is === 'folder') return [];
    const content = Buffer.from(before.content, 'base64');
    if (found?.is === 'file' && found.content.equals(content) && found.mode === before.mode) return [];
    // Somebody else changed it since: only what is ours goes.
    if (edit !== undefined && found?.is === 'file' && digest(found.content) !== after) {
      const rest = latin1(taken(edit, found.content.toString('latin1')));
      if (!rest.equals(found.content)) this.#files.write(path, rest, found);
      return [`${path} was changed by others since; only Pitwall’s part was taken out.`];
    }
    this.#files.write(path, content, before);
    return [];
  }

  #removeFolder(path: string, leftover: NonNullable<Recorded['leftover']>): string[] {
    if (leftover === 'ours') {
      this.#files.removeTree(path);
      return [];
    }
    if (leftover === 'empty-folders')
      for (const name of this.#files.list(path))
        if (this.#files.read(`${path}/${name}`)?.is === 'folder' && this.#files.list(`${path}/${name}`).length === 0)
          this.#files.removeFolder(`${path}/${name}`);
    const rest = this.#files.list(path);
    if (rest.length > 0) return [`${path} stays: somebody put ${rest.join(', ')} there.`];
    this.#files.removeFolder(path);
    return [];
  }
}

const latin1 = (text: string) => Buffer.from(text, 'latin1');

function beforeOf(found: Entry | undefined): Before {
  if (found === undefined) return { is: 'nothing' };
  if (found.is === 'link') return found;
  const { mode, uid, gid } = found;
  if (found.is === 'folder') return { is: 'folder', mode, uid, gid };
  return { is: 'file', content: found.content.toString('base64'), mode, uid, gid };
}
