import { createHash } from 'node:crypto';

const hashed = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** A Content-Security-Policy under which a page runs this style and script, speaks with us, and does nothing else. */
export function contentPolicy(style: string, script: string, ancestors: string): string {
  return [
    "default-src 'none'",
    "connect-src 'self'",
    `style-src ${hashed(style)}`,
    `script-src ${hashed(script)}`,
    `frame-ancestors ${ancestors}`,
  ].join('; ');
}
