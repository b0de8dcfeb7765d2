import {
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** Who a file belongs to and who may do what. */
export interface Rights {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export type Entry =
  | ({ readonly is: 'file'; readonly content: Buffer } & Rights)
  | ({ readonly is: 'folder' } & Rights)
  | { readonly is: 'link'; readonly target: string };

/**
 * A computer's files below a root, as an installer changes them: each call is whole or has not happened, and is on the disk when it
 * returns. Paths begin with `/`.
 */
export interface Files {
  read(path: string): Entry | undefined;
  list(path: string): readonly string[];
  /** The whole file, through a new one beside it that {@link unfinished} names. */
  write(path: string, content: Buffer, rights: Rights): void;
  append(path: string, line: string): void;
  link(path: string, target: string): void;
  /** Its parent is there. */
  makeFolder(path: string, rights: Rights): void;
  /** A folder from anywhere, with all that is in it, through one beside it. */
  copyTree(from: string, path: string): void;
  /** A file or a link. */
  remove(path: string): void;
  removeFolder(path: string): void;
  /** A folder with all that is in it. */
  removeTree(path: string): void;
}

/** What a write that was cut short leaves. */
export const unfinished = (path: string): string => `${path}.pitwall-new`;

/** The disk's, below `root`. @param flush what brings an open file or folder onto the disk */
export function realFiles(root: string, flush: (file: number) => void = fsyncSync): Files {
  const sync = (folder: string) => {
    // A name is on the disk when its folder is (fsync(2)).
    const file = openSync(folder, 'r');
    try {
      flush(file);
    } finally {
      closeSync(file);
    }
  };
  const at = (path: string) => join(root, path);
  return {
    read: (path) => {
      const found = lstatSync(at(path), { throwIfNoEntry: false });
      if (found === undefined) return undefined;
      const rights = { mode: found.mode & 0o7777, uid: found.uid, gid: found.gid };
      if (found.isSymbolicLink()) return { is: 'link', target: readlinkSync(at(path)) };
      if (found.isDirectory()) return { is: 'folder', ...rights };
      return { is: 'file', content: readFileSync(at(path)), ...rights };
    },
    list: (path) => (existsSync(at(path)) ? readdirSync(at(path)).sort() : []),
    write: (path, content, { mode, uid, gid }) => {
      const file = openSync(at(unfinished(path)), 'w', mode);
      try {
        let written = 0;
        while (written < content.length) written += writeSync(file, content, written);
        fchmodSync(file, mode);
        // The boot partition has no owners (FAT), and all of it is root's.
        if (lstatSync(at(unfinished(path))).uid !== uid || lstatSync(at(unfinished(path))).gid !== gid)
          fchownSync(file, uid, gid);
        flush(file);
      } finally {
        closeSync(file);
      }
      renameSync(at(unfinished(path)), at(path));
      sync(dirname(at(path)));
    },
    append: (path, line) => {
      const file = openSync(at(path), 'a', 0o600);
      try {
        writeSync(file, line);
        flush(file);
      } finally {
        closeSync(file);
      }
      sync(dirname(at(path)));
    },
    link: (path, target) => {
      rmSync(at(unfinished(path)), { force: true });
      symlinkSync(target, at(unfinished(path)));
      renameSync(at(unfinished(path)), at(path));
      sync(dirname(at(path)));
    },
    makeFolder: (path, { mode, uid, gid }) => {
      rmSync(at(unfinished(path)), { recursive: true, force: true });
      mkdirSync(at(unfinished(path)), { mode });
      chmodSync(at(unfinished(path)), mode);
      lchownSync(at(unfinished(path)), uid, gid);
      renameSync(at(unfinished(path)), at(path));
      sync(dirname(at(path)));
    },
    copyTree: (from, path) => {
      rmSync(at(unfinished(path)), { recursive: true, force: true });
      cpSync(from, at(unfinished(path)), { recursive: true, verbatimSymlinks: true });
      rmSync(at(path), { recursive: true, force: true });
      renameSync(at(unfinished(path)), at(path));
      sync(dirname(at(path)));
    },
    remove: (path) => {
      unlinkSync(at(path));
      sync(dirname(at(path)));
    },
    removeFolder: (path) => {
      rmdirSync(at(path));
      sync(dirname(at(path)));
    },
    removeTree: (path) => rmSync(at(path), { recursive: true, force: true }),
  };
}
