import { PitwallError } from '@pitwall/protocol';

const maxDepth = 16;
const maxLength = 1024;

/**
 * The name of an entry, checked and without a leading `./`. An archive is never unpacked to disk, yet a name that tries to
 * leave its folder tells that somebody means harm, or that the archive will hurt another tool.
 * @returns undefined for the folder itself and for what macOS adds.
 * @throws PitwallError `archive-invalid` or `archive-too-large`.
 */
export function entryPath(name: string): string | undefined {
  // A folder's own picture in the Finder: its name ends in a carriage return.
  if (/(?:^|\/)Icon\r$/.test(name)) return undefined;
  const shown = JSON.stringify(name.slice(0, 80));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f\\]/.test(name))
    throw refused(`holds ${shown}, a name with a backslash or control character`);
  if (name.startsWith('/') || /^[a-zA-Z]:/.test(name)) throw refused(`holds ${shown}, an absolute path`);
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw refused(`holds ${shown}, a path that leaves its own folder`);
  if (parts.length > maxDepth || name.length > maxLength) {
    throw new PitwallError(
      'archive-too-large',
      `The archive holds ${shown}, a path deeper than ${maxDepth} folders or longer than ${maxLength} characters.`,
    );
  }
  const last = parts.at(-1);
  if (last === undefined || parts[0] === '__MACOSX' || last.startsWith('._') || last === '.DS_Store') return undefined;
  return parts.join('/');
}

const refused = (what: string) =>
  new PitwallError('archive-invalid', `The archive ${what}. Pack the model again, from its own folder.`);
