import { readdirSync, readFileSync } from 'node:fs';
import { posix, resolve } from 'node:path';
import { errorCodes } from '@pitwall/protocol';
import { describe, expect, it } from 'vitest';
import { idOf } from './help/markdown.js';
import { sources } from './help/navigation.js';
import { helpSite } from './help/site.js';
import { findings, symptoms } from './troubleshooting.js';

const repository = resolve(import.meta.dirname, '../..');
const site = helpSite(repository);
const pages = [...site]
  .filter(([file]) => file.endsWith('.html'))
  .map(([file, text]) => ({ file, text: String(text) }));

describe('the help', () => {
  it('has every page of docs/', () => {
    const there = readdirSync(resolve(repository, 'docs')).filter((name) => name.endsWith('.md'));
    expect(there.filter((name) => !sources.includes(`docs/${name}`))).toEqual([]);
  });

  it.each(pages)('$file: each link leads to a file and a place that are there, each picture is', ({ file, text }) => {
    const ids = (of: string) => new Set([...String(site.get(of)).matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    const wrong = [...text.matchAll(/ (?:href|src)="([^"]+)"/g)]
      .map(([, link]) => link!.replaceAll('&amp;', '&'))
      .filter((link) => link !== '/' && !/^https?:/.test(link))
      .filter((link) => {
        const [path = '', part] = link.split('#');
        const target = path === '' ? file : posix.normalize(path);
        return !site.has(target) || (part !== undefined && !ids(target).has(part));
      });
    expect(wrong).toEqual([]);
  });

  it.each(pages)('$file: nothing is loaded from elsewhere, and nothing runs inside of it', ({ text }) => {
    expect([...text.matchAll(/<(?:script|link|img)[^>]*(?:src|href)="(?:https?:)?\/\/[^"]*"/g)].map(String)).toEqual(
      [],
    );
    expect(text).not.toMatch(/<script(?![^>]* src=)|\son\w+="|style="/);
  });

  it('names headings as GitHub does', () => {
    expect(idOf('The agent’s `run` — what it does, and why')).toBe('the-agents-run--what-it-does-and-why');
    expect(idOf('JPEG/PNG files (2 of 3)')).toBe('jpegpng-files-2-of-3');
  });
});

describe('troubleshooting', () => {
  it('has a row for each error code', () => {
    const named = Object.values(symptoms).flatMap((rows) => rows.flatMap(({ codes = [] }) => codes));
    expect([...named].sort()).toEqual(Object.keys(errorCodes).sort());
  });

  it('has each sentence of the doctor that is always the same', () => {
    const folder = resolve(repository, 'agent/src/doctor');
    const said = readdirSync(folder)
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .flatMap((name) => {
        const text = readFileSync(resolve(folder, name), 'utf8');
        return [...text.matchAll(/'([A-Z][^'\n]+(?:\.| FILE|\?))'/g)].map(([, sentence]) => sentence!);
      })
      .filter((sentence) => !sentence.startsWith('Next: '));
    expect(said.length).toBeGreaterThan(25);
    const known = new Set(Object.values(findings).flatMap((rows) => rows.map(([, todo]) => todo)));
    expect([...new Set(said)].filter((sentence) => !known.has(sentence))).toEqual([]);
    expect([...known].filter((sentence) => !said.includes(sentence))).toEqual([]);
  });
});
