import type { Readable } from 'node:stream';

/** A file of a person's export. */
export interface ExportedFile {
  /** With folders, such as `models/HASH.tar.gz`. */
  readonly name: string;
  readonly bytes: number;
  readonly content: Buffer | Readable;
}

/** One part of the controller that keeps something of people. It knows them by the racer's id; asked again, it changes nothing. */
export interface Holder {
  /** Under what it stands in the export. */
  readonly name: string;
  /** Everything that it keeps of the racer, as JSON. */
  kept(racer: string): Promise<unknown>;
  files?(racer: string): AsyncIterable<ExportedFile>;
  /** @throws PitwallError of why the racer cannot be deleted now. */
  demandErasable?(racer: string): Promise<void>;
  /** Takes away what is the person's, and every name; times stay, under the id. */
  erase(racer: string, by: string): Promise<void>;
}
