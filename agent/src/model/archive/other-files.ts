import { decodeText } from '@pitwall/runtime';
import { begins, type Foreign, isCalled, type Known, latin } from './foreign-models.js';

const again = 'Download it again, signed in, and look at its size before it goes onto the stick.';
const instead = 'Hand in the model itself.';
const unchanged = 'Copy or download it again, unchanged: not as text.';

/** What people hand in by mistake, by its first bytes. */
const binaries: readonly Known[] = [
  // FAT and exFAT give a file its length before its contents.
  [
    (head) => head.length >= 512 && head.every((byte) => byte === 0),
    'nothing but zeros where it begins, as a copy that was broken off leaves it',
    'Copy it again, and eject the stick before you pull it.',
  ],
  // What becomes of 1f 8b, a gzip's first bytes, where something takes them for Latin-1 or for UTF-8.
  [
    (head) => begins(head, 0x1f, 0xc2, 0x8b) || begins(head, 0x1f, 0xef, 0xbf, 0xbd),
    'a .tar.gz file that was turned into text on its way',
    unchanged,
  ],
  // APPNOTE.TXT 8.5.3, 8.5.5
  [
    (head) => begins(head, 0x50, 0x4b, 7, 8, 0x50, 0x4b) || isCalled('PK00PK')(head),
    'the first of the parts of a zip file',
    'Put them together: zip -s 0 FILE --out model.zip.',
  ],
  // RFC 1740, AppleDouble
  [
    (head) => begins(head, 0, 5, 0x16, 7),
    'what macOS keeps beside a file',
    'Hand in the file of the same name without "._" before it.',
  ],
  [
    (head) => isCalled('MZ')(head) || isCalled('\x7fELF')(head),
    'a program',
    'If it is an archive that unpacks itself, run it and pack what comes out as .tar.gz or .zip.',
  ],
  // [MS-SHLLINK] 2.1
  [(head) => begins(head, 0x4c, 0, 0, 0, 1, 0x14, 2, 0), 'a Windows shortcut', 'Hand in the file that it points to.'],
  [isCalled('\x93NUMPY'), 'an array of NumPy', instead],
  [isCalled('%PDF-'), 'a PDF', instead],
  [
    (head) => isCalled('\x89PNG')(head) || begins(head, 0xff, 0xd8, 0xff) || isCalled('GIF8')(head),
    'a picture',
    instead,
  ],
  [isCalled('ftyp', 4), 'a video', instead],
  [isCalled('SQLite format 3'), 'a database', instead],
];

/** Small files that stand for another one. git-lfs/docs/spec.md; git-annex.branchable.com/internals/pointer_file */
const pointers: readonly (readonly [begins: RegExp, Foreign])[] = [
  [
    /^version https:\/\/(?:git-lfs|hawser)\.github\.com\/spec\//,
    { what: 'a Git LFS pointer, a few lines that stand for the file', advice: 'Fetch the file itself: git lfs pull.' },
  ],
  [
    /^\/annex\/objects\//,
    { what: 'a git-annex pointer, a line that stands for the file', advice: 'Fetch the file itself: git annex get .' },
  ],
  [
    /^\[InternetShortcut\]|^<\?xml[^>]*>\s*<!DOCTYPE plist[\s\S]*<key>URL<\/key>/i,
    { what: 'a link to a page', advice: 'Open it and download the model itself.' },
  ],
];

/** What is no model and no archive, with what to do; undefined for everything that is not known. */
export function otherFile(head: Uint8Array): Foreign | undefined {
  const binary = binaries.find(([is]) => is(head));
  if (binary !== undefined) return { what: binary[1], advice: binary[2] };
  const start = startOf(head);
  const pointer = pointers.find(([pattern]) => pattern.test(start))?.[1];
  if (pointer !== undefined) return pointer;
  const answer = answerIn(start);
  if (answer !== undefined) return { what: answer, advice: again };
  if (/^HTTP\/\d/.test(start))
    return { what: 'a download with what the server said before it', advice: 'Download it again without curl -i.' };
  if (/^(?:data:[\w/+.-]*;base64,)?H4sI/.test(start))
    return {
      what: 'a .tar.gz file written as text (Base64)',
      advice: 'Turn it back: base64 -d FILE > model.tar.gz, without what stands before the text.',
    };
  // PowerShell's > writes every download as UTF-16.
  if (begins(head, 0xff, 0xfe) && !isText(start))
    return { what: "a download that PowerShell's > turned into text", advice: 'Download it again with -OutFile FILE.' };
  return undefined;
}

/** What a server sends in place of a file, as people save it with curl or a browser. */
function answerIn(start: string): string | undefined {
  // docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, and of stores that follow it
  const refusal = /^(?:<\?xml[^>]*>\s*)?<Error\b[^>]*>[\s\S]*?<Code>([^<]{1,60})<\/Code>/.exec(start);
  if (refusal !== null) return `an answer of the store it was downloaded from (${refusal[1]})`;
  if (/^(?:<\?xml[^>]*>\s*)?<ListBucketResult\b/.test(start)) return 'a list of what a store holds';
  if (/^<(?:\?xml[^>]*>\s*<(?:!doctype\s+html|html)\b|!--|!doctype\s+html|[a-z][a-z0-9]*[\s/>])/i.test(start))
    return 'a web page, perhaps one to sign in at';
  if (start.startsWith('<?xml')) return 'an XML document';
  const said = /^\{[\s\S]*?"(?:message|error|errors|detail|Message)"\s*:\s*(?:"([^"]{1,60})")?/.exec(start);
  if (said === null || start.includes('"action_space"')) return undefined;
  return `an answer of a server in place of a file${said[1] === undefined ? '' : ` (${said[1]})`}`;
}

/** In whichever encoding. */
const startOf = (head: Uint8Array): string => {
  const isUtf16 = begins(head, 0xff, 0xfe) || begins(head, 0xfe, 0xff);
  return (isUtf16 ? decodeText(head) : latin(head).replace(/^\xef\xbb\xbf/, '')).trimStart();
};
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const isText = (start: string): boolean => !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffd]/.test(start);

/** Whether it could be read by a person, in whichever encoding. */
export const isReadable = (head: Uint8Array): boolean => head.length > 0 && isText(startOf(head));
