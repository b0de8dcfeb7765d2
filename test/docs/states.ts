import { safetyPhases, trackLinkStates } from '@pitwall/agent/testing/state-tables';
import { gateStates, linkStates, submissionStates } from '@pitwall/controller/testing/state-tables';
import { racePhases, runPhases } from '@pitwall/protocol/testing/state-tables';

type Table = Readonly<Record<string, Readonly<Record<string, string>>>>;
interface Machine {
  readonly title: string;
  readonly about: string;
  readonly table: Table;
}

const machines: readonly Machine[] = [
  {
    title: 'The safety of a car',
    about:
      'Kept by the agent on the car (`agent/src/driving/safety.ts`); only in *driving* may a setpoint other than neutral leave it. ' +
      'Events are commands, and reasons to stop by their names in `agent/src/driving/reasons.ts`. *Not ready*: something that arming ' +
      'needs is missing. *A reason holds*: it is still there.',
    table: safetyPhases,
  },
  {
    title: 'A race',
    about:
      'Its commands, in a race with one entry that is not in the queue (`protocol/src/race/decide-setup.ts`, `decide-results.ts`): ' +
      'what wants a racer in the queue, or a final to draw, is refused here everywhere.',
    table: racePhases,
  },
  {
    title: 'A run at the track',
    about:
      'Commands, and what happens without one (`protocol/src/race/run-fold.ts`, `apply-run.ts`). For `call` and `practice` it is the ' +
      'phase of the run that begins with it. `speed` is refused because the rules of this race do not let it be set; `undo` is ' +
      'of the latest that can be undone, and starts no car: a pause that is undone stays one until somebody resumes.',
    table: runPhases,
  },
  {
    title: 'A submission',
    about:
      'Of an online race, as its row in the queue has it (`controller/src/submissions/queue.ts`). *Cancelling*: its worker has not ' +
      'heard yet that it is cancelled. *Withdrawn*: evaluated, and off the board. *Not held*: the worker learns that it does not ' +
      'hold it any more, and what it brought is dropped.',
    table: submissionStates,
  },
  {
    title: 'The link of a car to its track',
    about:
      'Kept by the agent (`agent/src/link/broker-watch.ts`): whether the broker is heard, whatever TCP still believes. *Silent* is the ' +
      'reason `link-lost` of its safety; it has passed as soon as something is heard. Connections come and go beside it, with a ' +
      'back-off; each begins with a birth and a session of its own (`protocol/runtime/src/mqtt-link.ts`).',
    table: trackLinkStates,
  },
  {
    title: 'The link of a car, and of a gate',
    about:
      'Two computers with one identity, of which the *first* is it (`controller/src/link/holder.ts`). *Silent*: not heard for five ' +
      'seconds. *Away*: it said that it ends, or its connection broke. *Ignored*: what the other one says does not count, and people ' +
      'are told of it.',
    table: linkStates,
  },
  {
    title: 'A gate',
    about:
      'Why it cannot be relied on (`controller/src/timing/trouble.ts`). A second passes before each event. What is told first, where ' +
      'several hold: not-online, silent, sensor-gone, standing, cannot-keep, loses, only-duplicates.',
    table: gateStates,
  },
];

/** One row an event, one column a state; what stays as it is shows as a dot, so that what changes is seen. */
function rows(table: Table): string[] {
  const states = Object.keys(table);
  const events = Object.keys(table[states[0] ?? ''] ?? {});
  return [
    `| event | ${states.join(' | ')} |`,
    `|---|${states.map(() => '---').join('|')}|`,
    ...events.map((event) => {
      const cells = states.map((state) => {
        const outcome = table[state]?.[event] ?? '';
        return outcome === state ? '·' : outcome === 'refused' ? '–' : outcome;
      });
      return `| ${event} | ${cells.join(' | ')} |`;
    }),
  ];
}

/** Every state machine as a page: state × event → outcome. */
export const statesPage = (): string =>
  [
    '# States',
    '',
    'What each state machine of Pitwall does in each state (a column) at each event (a row). A dot: it stays as it is; a dash: refused,',
    'and nothing changes. The tests drive the real machines through every cell; this page is written from their tables by `npm run docs`.',
    '',
    ...machines.flatMap(({ title, about, table }) => [`## ${title}`, '', about, '', ...rows(table), '']),
  ].join('\n');
