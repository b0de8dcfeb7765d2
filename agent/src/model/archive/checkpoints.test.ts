import type { Sha256 } from '@pitwall/protocol';
import { decodeText } from '@pitwall/runtime';
import { describe, expect, it } from 'vitest';
import { type CheckpointChoice, chooseCheckpoint, listCheckpoints } from './checkpoints.js';

type Networks = Parameters<typeof listCheckpoints>[0]['networks'];
const network = (path: string): Networks[number] => ({
  path,
  bytes: 1,
  hash: '0'.repeat(64) as Sha256,
  format: path.endsWith('.pb') ? 'tensorflow' : path.endsWith('.onnx') ? 'onnx' : 'tflite',
});
const training = [144, 146, 145].map((number) => network(`model/model_${number}.pb`));

function chosen(list: string | Uint8Array | undefined, networks = training) {
  const bytes = typeof list === 'string' ? Buffer.from(list) : list;
  const texts = new Map(bytes === undefined ? [] : [['model/deepracer_checkpoints.json', decodeText(bytes)]]);
  const found = listCheckpoints({ parts: networks, networks, texts });
  const by = (choice?: CheckpointChoice) => chooseCheckpoint(found.list, choice).number;
  return { none: by(), best: by('best'), last: by('last'), notes: found.notes, by };
}

const named = (best: unknown, last: unknown) => JSON.stringify({ best_checkpoint: best, last_checkpoint: last });
const entry = (name: unknown) => ({ name, avg_eval_metric: 1, time_stamp: 2 });
const utf16 = (text: string, mark: boolean) => Buffer.from(`${mark ? '\uFEFF' : ''}${text}`, 'utf16le');

describe('a list of checkpoints', () => {
  it.each<[string, string | Uint8Array, number, readonly RegExp[]]>([
    ['as the console writes it', named(entry('144_Step-1.ckpt'), entry('146_Step-2.ckpt')), 144, []],
    ['behind a byte order mark', `\uFEFF${named(entry('144_Step-1.ckpt'), entry('146_Step-2.ckpt'))}`, 144, []],
    ['in UTF-16', utf16(named(entry('144_Step-1.ckpt'), entry('146_Step-2.ckpt')), true), 144, []],
    ['in UTF-16 without a mark', utf16(named(entry('144_Step-1.ckpt'), null), false), 144, []],
    [
      'with a measure that is no number',
      '{"best_checkpoint": {"name": "144_Step-1.ckpt", "avg_eval_metric": NaN}}',
      144,
      [],
    ],
    ['of names alone', named('144_Step-1.ckpt', '146_Step-2.ckpt'), 144, []],
    ['of numbers alone', named(144, 146), 144, []],
    ['whose names are numbers', named(entry(144), entry(146)), 144, []],
    [
      'whose last is not the newest',
      named(entry('144_Step-1.ckpt'), entry('145_Step-2.ckpt')),
      144,
      [/145 as the last; 146 is newer/],
    ],
    [
      'whose best was purged',
      named(entry('140_Step-1.ckpt'), entry('146_Step-2.ckpt')),
      146,
      [/140 as the best, which is not in the archive; the newest checkpoint, 146/],
    ],
    [
      'whose both were purged',
      named(entry('140_Step-1.ckpt'), entry('141_Step-2.ckpt')),
      146,
      [/141 as the last, which is not/, /140 as the best, which is not/],
    ],
    [
      'that names nothing',
      named(entry(''), entry(null)),
      146,
      [/names no best checkpoint; the newest checkpoint, 146/],
    ],
    ['of nulls', named(null, null), 146, [/names no best/]],
    ['that is an empty object', '{}', 146, [/names no best/]],
    ['that is empty', '', 146, [/is empty; the newest checkpoint, 146, counts as the best/]],
    ['that is blank', ' \n', 146, [/is empty/]],
    ['that is torn', '{"best_checkpoint": {"name": "144_Step-1.ck', 146, [/is damaged; the newest/]],
    ['that is an empty list', '[]', 146, [/is damaged/]],
    ['that is null', 'null', 146, [/is damaged/]],
    ['that is a number', '144', 146, [/is damaged/]],
    ['that is no text', Uint8Array.from([1, 2, 255, 254, 3]), 146, [/is damaged/]],
    ['whose entries are lists', named([], [1]), 146, [/is damaged/]],
  ])('%s', (_, text, best, notes) => {
    const found = chosen(text);
    expect([found.none, found.best, found.last]).toEqual([best, best, 146]);
    expect(found.notes).toHaveLength(notes.length);
    notes.forEach((note, at) => {
      expect(found.notes[at]).toMatch(note);
    });
    // A number asks for no list.
    expect([144, 145, 146].map((number) => found.by(number))).toEqual([144, 145, 146]);
    expect(() => found.by(140)).toThrow(/no checkpoint "140"\. It has 144, 145, 146/);
  });

  it('that is missing is said, where there is a choice', () => {
    expect(chosen(undefined)).toMatchObject({
      none: 146,
      best: 146,
      last: 146,
      notes: [expect.stringMatching(/has no deepracer/)],
    });
    expect(chosen(undefined, [network('agent/model.pb')]).notes).toEqual([]);
  });

  it('of one network that is left', () => {
    const found = chosen(named(entry('140_Step-1.ckpt'), entry('146_Step-2.ckpt')), [network('model/model_146.pb')]);
    expect([found.none, found.best, found.last, found.by(146)]).toEqual([146, 146, 146, 146]);
    expect(found.notes).toEqual([expect.stringMatching(/140/)]);
  });
});

describe('an archive', () => {
  it('of a graph and what a car made of it drives by the graph', () => {
    const found = listCheckpoints({
      parts: [],
      networks: [network('agent/model.tflite'), network('agent/model.pb')],
      texts: new Map(),
    });
    expect(found.list).toEqual([{ path: 'agent/model.pb', best: true, last: true }]);
    expect(found.notes).toEqual(['The archive also holds agent/model.tflite; the .pb is what drives.']);
  });

  it.each([
    [['a/model.pb', 'b/model.pb'], /holds 2 networks/],
    [['a.onnx', 'b.tflite'], /holds 2 networks/],
    [[], /holds no network/],
  ])('of %j is refused', (paths, why) => {
    expect(() => listCheckpoints({ parts: [], networks: paths.map(network), texts: new Map() })).toThrow(why);
  });
});
