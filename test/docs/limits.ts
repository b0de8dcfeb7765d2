import { type Allowance, limits } from '@pitwall/controller/limits';
import { fileLimits } from './file-limits.js';

type Unit = 'bytes' | 'ms' | '';

/** What a limit is, how much, and why. */
type Row = readonly [what: string, value: number | Allowance, unit: Unit, why: string];

const {
  requests,
  bytes,
  connections,
  request,
  liveConnections,
  liveMessages,
  unsent,
  wrongTokens,
  passwords,
  passkeys,
  communityRaces,
  pins,
  joinCodes,
  mqtt,
  runRecordings,
} = limits;

/** A section for each kind; the type wants one for every key of `limits`. */
const sections: Readonly<Record<keyof typeof limits, { readonly title: string; readonly rows: readonly Row[] }>> = {
  requests: {
    title: 'Requests',
    rows: [
      [
        'of an address, by nobody known',
        requests.address,
        '',
        '300 phones open the pages at once, and ask once a second each',
      ],
      ['of a racer', requests.racer, '', 'one person with some pages open'],
      ['of a program, or of staff', requests.program, '', 'far above what any does; for one that runs wild'],
    ],
  },
  bytes: {
    title: 'Bytes to and from',
    rows: [
      [
        'an address, by nobody known',
        bytes.address,
        'bytes',
        '300 first visits of 3 MB; more than a hall’s Wi-Fi carries for long',
      ],
      ['a racer', bytes.racer, 'bytes', 'four of the largest models'],
    ],
  },
  connections: {
    title: 'Connections',
    rows: [
      [
        'of an address',
        connections.ofAddress,
        '',
        '300 phones with six each; of more, the one silent for longest is closed',
      ],
    ],
  },
  request: {
    title: 'One request',
    rows: [
      ['its header', request.headerBytes, 'bytes', 'cookies and a token are some hundred'],
      [
        'until its header, and the TLS handshake before it, is there',
        request.headerMs,
        'ms',
        'slow Wi-Fi, not a slow attack',
      ],
      ['until all of it is there', request.wholeMs, 'ms', 'the largest model at 1.2 Mbit/s'],
      ['its body, where nothing else is said', request.bodyBytes, 'bytes', 'the largest setup of a race is some kB'],
    ],
  },
  liveConnections: {
    title: 'Live connections (WebSocket)',
    rows: [
      ['of an address, by racers and nobody known', liveConnections.ofAddress, '', '300 phones with some pages each'],
    ],
  },
  liveMessages: {
    title: 'Messages on one of them',
    rows: [
      [
        'how many',
        liveMessages.ofConnection,
        '',
        'a page that shows a hundred races asks for all at once; more closes it (1008)',
      ],
      ['how large', liveMessages.bytes, 'bytes', 'a list of cars is some kB'],
      ['races that it follows', liveMessages.racesOfOne, '', 'more than one page shows'],
    ],
  },
  unsent: {
    title: 'Unsent to a client that is slow',
    rows: [
      ['before it is let go', unsent.log, 'bytes', 'the log of a long race; it goes on where it was'],
      ['before telemetry is left out', unsent.telemetry, 'bytes', 'the next says more'],
      ['before pictures are', unsent.pictures, 'bytes', 'they go first'],
      ['of changes of a board', unsent.board, 'bytes', 'it is told the latest then'],
    ],
  },
  wrongTokens: {
    title: 'Wrong tokens',
    rows: [
      ['of an address', wrongTokens, '', 'a program with an old token tries for ever; good ones are always taken'],
    ],
  },
  passwords: {
    title: 'Passwords',
    rows: [
      [
        'wrong ones of an account, in five minutes',
        passwords.ofAccount,
        '',
        'typing errors; not counted on a device where its owner signed in before',
      ],
      [
        'wrong ones of an address, in five minutes',
        passwords.ofAddress,
        '',
        '300 phones sign in at once; nor counted there',
      ],
      [
        'sign-ups of an address, in five minutes',
        passwords.signUpsOfAddress,
        '',
        'a hall signs up, a program that fills the list does not',
      ],
      ['that window', passwords.windowMs, 'ms', ''],
    ],
  },
  passkeys: {
    title: 'Passkeys',
    rows: [['of a person', passkeys.ofPerson, '', 'a phone, a computer and a key in the drawer are three']],
  },
  communityRaces: {
    title: 'Races of the community',
    rows: [
      ['of a racer, that are not closed', communityRaces.ofRacer, '', 'evaluations of all races share the workers'],
    ],
  },
  pins: {
    title: 'PINs of events',
    rows: [
      ['wrong ones of an address', pins.ofAddress, '', 'each of 10⁶'],
      ['in', pins.windowMs, 'ms', ''],
    ],
  },
  joinCodes: {
    title: 'Codes of cars and gates',
    rows: [
      [
        'wrong ones of an address',
        joinCodes.ofAddress,
        '',
        'each of 2⁴⁰, and staff compares a key; good ones are always taken',
      ],
      ['in', joinCodes.windowMs, 'ms', ''],
    ],
  },
  mqtt: {
    title: 'MQTT',
    rows: [
      [
        'messages of a client',
        mqtt.messages,
        '',
        'a car sends some thirty a second; what is more waits, and with it what that client sends next',
      ],
      ['bytes of a client', mqtt.bytes, 'bytes', 'pictures at 10 Hz are 400 kB a second'],
      ['one message', mqtt.payloadBytes, 'bytes', 'pictures are some 40 kB; more ends the connection'],
      ['connections of an address that have not said who they are', mqtt.waiting, '', 'of more, the oldest is closed'],
      ['until they say so, and until the TLS handshake is done', mqtt.connectMs, 'ms', 'slow Wi-Fi'],
      [
        'until who does not read is cut off',
        mqtt.drainMs,
        'ms',
        'a car in a dead corner of the hall comes back sooner',
      ],
    ],
  },
  remembered: {
    title: 'Remembered',
    rows: [
      [
        'addresses, accounts and tokens of each kind of limit',
        limits.remembered,
        '',
        'those not heard of for longest are forgotten',
      ],
    ],
  },
  logsInMemory: {
    title: 'Memory',
    rows: [
      [
        'logs of races in memory that nobody needs now, as text; they take some one and a half times that',
        limits.logsInMemory.bytes,
        'bytes',
        'of more, the one asked for longest ago goes, and is read from disk when somebody asks; open races and those that are followed stay',
      ],
    ],
  },
  standby: {
    title: 'A standby that is away',
    rows: [
      ['gates keep crossings for it', limits.standby.awayMs, 'ms', 'whoever promotes it decides within that'],
      ['changes that are kept for it', limits.standby.changes, '', 'with more it copies everything anew'],
    ],
  },
  runRecordings: {
    title: 'Recordings and videos of runs',
    rows: [
      ['they are kept', runRecordings.keptMs, 'ms', 'a month to fetch them; deleted sooner on request'],
      ['free on the disk, or none is fetched', runRecordings.freeBytes, 'bytes', 'a full disk would stop the race'],
      [
        'between two parts of 64 kB from a car, while no run is under way',
        runRecordings.partMs.alone,
        'ms',
        '1.4 MB/s: what a car may send its broker without being slowed down',
      ],
      [
        'beside a run',
        runRecordings.partMs.besideARun,
        'ms',
        'some 1.4 Mbit/s of the hall’s Wi-Fi: three minutes of driving in five',
      ],
    ],
  },
  heldCrossings: {
    title: 'While the disk fails',
    rows: [['crossings held', limits.heldCrossings, '', 'more are refused, and their gates keep them']],
  },
};

const figure = (value: number, unit: Unit): string => {
  if (unit === 'ms') return value % 60_000 === 0 ? `${value / 60_000} min` : `${value / 1000} s`;
  if (unit === 'bytes') return value % 2 ** 20 === 0 ? `${value / 2 ** 20} MB` : `${value / 1024} kB`;
  return value.toLocaleString('en').replaceAll(',', ' ');
};

const shown = (value: number | Allowance, unit: Unit): string =>
  typeof value === 'number'
    ? figure(value, unit)
    : `${figure(value.burst, unit)} at once, then ${figure(value.perSecond, unit)}/s`;

/** docs/limits.md, from `controller/src/limits/limits.ts` and what refuses files. */
export function limitsPage(): string {
  return [
    '# Limits',
    '',
    'How much whoever asks or sends may take, so that nobody takes it from others. What is more is answered 429 `too-many-requests` or',
    '`too-many-tries`, with a sentence, and the seconds to wait in `Retry-After` and `error.details.retryAfter`.',
    '',
    '- **By whom.** Somebody who shows a token or has signed in is counted for themselves, wherever they are; all others at one address',
    '  together. That of IPv6 is its /64 network. The figures are made for a hall of 300 phones behind one address.',
    '- **Never slowed down**: staff’s commands to cars and races, *stop all* and the key at the line; crossings, clock probes and stop buttons of gates.',
    '- **From the controller’s own machine** nothing is counted: what runs there is its owner’s. A proxy in front of a controller runs there, or has one address:',
    '  set its own limits by address.',
    '- **At a broker elsewhere** (`mqtt.url`) its own limits hold.',
    '',
    ...Object.values(sections).flatMap(({ title, rows }) => [
      `## ${title}`,
      '',
      '| what | limit | why |',
      '|---|---|---|',
      ...rows.map(([what, value, unit, why]) => `| ${what} | ${shown(value, unit)} | ${why} |`),
      '',
    ]),
    'What is handed in beyond the following is refused with a sentence that says so, before memory or disk is taken for it.',
    '',
    ...Object.entries(fileLimits).flatMap(([title, rows]) => [
      `## ${title}`,
      '',
      '| what | at most | why |',
      '|---|---|---|',
      ...rows.map((row) => `| ${row.join(' | ')} |`),
      '',
    ]),
  ].join('\n');
}
