import type { GateTrouble } from '@pitwall/protocol/api';
import type { StateTable } from '@pitwall/protocol/testing/state-tables';
import type { SubmissionRow } from '../src/submissions/tables.js';

/** `cancelling`: its worker has not heard yet that it is cancelled. `withdrawn`: evaluated, and off the board. */
export type SubmissionStateName = SubmissionRow['state'] | 'cancelling' | 'withdrawn';
/** The first seven are a worker's, on what it took; the worker of what is not running took it before. */
export type SubmissionEventName =
  | 'holds on'
  | 'finishes'
  | 'fails'
  | 'gives up'
  | 'gives up, the last attempt'
  | 'puts back'
  | 'hears of the cancellation'
  | 'a worker takes the next'
  | 'the worker is silent for too long'
  | 'the worker is silent for too long, the last attempt'
  | 'is cancelled'
  | 'the entry is removed';

/** The state afterwards, that the worker learns that it does not hold it, or that the organizer is refused: the entry is out already. */
export const submissionStates: StateTable<
  SubmissionStateName,
  SubmissionEventName,
  SubmissionStateName | 'not held' | 'refused'
> = {
  queued: {
    'holds on': 'queued',
    finishes: 'not held',
    fails: 'not held',
    'gives up': 'not held',
    'gives up, the last attempt': 'not held',
    'puts back': 'not held',
    'hears of the cancellation': 'not held',
    'a worker takes the next': 'running',
    'the worker is silent for too long': 'queued',
    'the worker is silent for too long, the last attempt': 'queued',
    'is cancelled': 'cancelled',
    'the entry is removed': 'cancelled',
  },
  running: {
    'holds on': 'running',
    finishes: 'evaluated',
    fails: 'failed',
    'gives up': 'queued',
    'gives up, the last attempt': 'failed',
    'puts back': 'queued',
    'hears of the cancellation': 'cancelled',
    'a worker takes the next': 'running',
    'the worker is silent for too long': 'queued',
    'the worker is silent for too long, the last attempt': 'failed',
    'is cancelled': 'cancelling',
    'the entry is removed': 'cancelling',
  },
  cancelling: {
    'holds on': 'cancelling',
    finishes: 'cancelled',
    fails: 'cancelled',
    'gives up': 'cancelled',
    'gives up, the last attempt': 'cancelled',
    'puts back': 'cancelled',
    'hears of the cancellation': 'cancelled',
    'a worker takes the next': 'cancelling',
    'the worker is silent for too long': 'cancelled',
    'the worker is silent for too long, the last attempt': 'cancelled',
    'is cancelled': 'cancelling',
    'the entry is removed': 'cancelling',
  },
  evaluated: {
    'holds on': 'evaluated',
    finishes: 'not held',
    fails: 'not held',
    'gives up': 'not held',
    'gives up, the last attempt': 'not held',
    'puts back': 'not held',
    'hears of the cancellation': 'not held',
    'a worker takes the next': 'evaluated',
    'the worker is silent for too long': 'evaluated',
    'the worker is silent for too long, the last attempt': 'evaluated',
    'is cancelled': 'evaluated',
    'the entry is removed': 'withdrawn',
  },
  withdrawn: {
    'holds on': 'withdrawn',
    finishes: 'not held',
    fails: 'not held',
    'gives up': 'not held',
    'gives up, the last attempt': 'not held',
    'puts back': 'not held',
    'hears of the cancellation': 'not held',
    'a worker takes the next': 'withdrawn',
    'the worker is silent for too long': 'withdrawn',
    'the worker is silent for too long, the last attempt': 'withdrawn',
    'is cancelled': 'withdrawn',
    'the entry is removed': 'refused',
  },
  failed: {
    'holds on': 'failed',
    finishes: 'not held',
    fails: 'not held',
    'gives up': 'not held',
    'gives up, the last attempt': 'not held',
    'puts back': 'not held',
    'hears of the cancellation': 'not held',
    'a worker takes the next': 'failed',
    'the worker is silent for too long': 'failed',
    'the worker is silent for too long, the last attempt': 'failed',
    'is cancelled': 'failed',
    'the entry is removed': 'failed',
  },
  cancelled: {
    'holds on': 'cancelled',
    finishes: 'not held',
    fails: 'not held',
    'gives up': 'not held',
    'gives up, the last attempt': 'not held',
    'puts back': 'not held',
    'hears of the cancellation': 'not held',
    'a worker takes the next': 'cancelled',
    'the worker is silent for too long': 'cancelled',
    'the worker is silent for too long, the last attempt': 'cancelled',
    'is cancelled': 'cancelled',
    'the entry is removed': 'cancelled',
  },
};

/**
 * Which of two computers with one identity a car or a gate is: `first`: heard within five seconds, `silent`: not, `away`: it
 * said that it ends, or its connection broke.
 */
export type LinkState = 'nobody' | 'first' | 'first, silent' | 'first, away';
export type LinkEventName = `the ${'first' | 'second'} ${'comes online' | 'goes' | 'speaks'}`;
/** Who it is afterwards, and whether it is listened to. */
export type LinkOutcome = `${'nobody' | 'first' | 'second'}${'' | ', ignored'}`;

export const linkStates: StateTable<LinkState, LinkEventName, LinkOutcome> = {
  nobody: {
    'the first comes online': 'first',
    'the first goes': 'first',
    'the first speaks': 'nobody',
    'the second comes online': 'second',
    'the second goes': 'second',
    'the second speaks': 'nobody',
  },
  first: {
    'the first comes online': 'first',
    'the first goes': 'first',
    'the first speaks': 'first',
    'the second comes online': 'first, ignored',
    'the second goes': 'first, ignored',
    'the second speaks': 'first, ignored',
  },
  'first, silent': {
    'the first comes online': 'first',
    'the first goes': 'first',
    'the first speaks': 'first',
    'the second comes online': 'second',
    'the second goes': 'first, ignored',
    'the second speaks': 'second',
  },
  'first, away': {
    'the first comes online': 'first',
    'the first goes': 'first',
    'the first speaks': 'first',
    'the second comes online': 'second',
    'the second goes': 'first, ignored',
    'the second speaks': 'second',
  },
};

export type GateState = GateTrouble['kind'] | 'well';
export type GateEventName =
  | 'says that it is well'
  | 'says that its sensor is gone'
  | 'says that its sensor is stuck'
  | 'says that it cannot write'
  | 'says that it lost edges'
  | 'ends, or is lost'
  | 'answers'
  | 'answers no question for 3 s'
  | 'sends a crossing'
  | 'sends the same crossings for 6 s'
  | 'answers for 20 s';

/** Why the gate cannot be relied on afterwards. */
export const gateStates: StateTable<GateState, GateEventName, GateState> = {
  well: {
    'says that it is well': 'well',
    'says that its sensor is gone': 'sensor-gone',
    'says that its sensor is stuck': 'standing',
    'says that it cannot write': 'cannot-keep',
    'says that it lost edges': 'loses',
    'ends, or is lost': 'not-online',
    answers: 'well',
    'answers no question for 3 s': 'silent',
    'sends a crossing': 'well',
    'sends the same crossings for 6 s': 'only-duplicates',
    'answers for 20 s': 'well',
  },
  'not-online': {
    'says that it is well': 'well',
    'says that its sensor is gone': 'sensor-gone',
    'says that its sensor is stuck': 'standing',
    'says that it cannot write': 'cannot-keep',
    'says that it lost edges': 'loses',
    'ends, or is lost': 'not-online',
    answers: 'not-online',
    'answers no question for 3 s': 'not-online',
    'sends a crossing': 'not-online',
    'sends the same crossings for 6 s': 'not-online',
    'answers for 20 s': 'not-online',
  },
  silent: {
    'says that it is well': 'well',
    'says that its sensor is gone': 'sensor-gone',
    'says that its sensor is stuck': 'standing',
    'says that it cannot write': 'cannot-keep',
    'says that it lost edges': 'loses',
    'ends, or is lost': 'not-online',
    answers: 'well',
    'answers no question for 3 s': 'silent',
    'sends a crossing': 'well',
    'sends the same crossings for 6 s': 'only-duplicates',
    'answers for 20 s': 'well',
  },
  'sensor-gone': {
    'says that it is well': 'well',
    'says that its sensor is gone': 'sensor-gone',
    'says that its sensor is stuck': 'standing',
    'says that it cannot write': 'cannot-keep',
    'says that it lost edges': 'loses',
    'ends, or is lost': 'not-online',
    answers: 'sensor-gone',
    'answers no question for 3 s': 'silent',
    'sends a crossing': 'sensor-gone',
    'sends the same crossings for 6 s': 'sensor-gone',
    'answers for 20 s': 'sensor-gone',
  },
  standing: {
    'says that it is well': 'well',
    'says that its sensor is gone': 'sensor-gone',
    'says that its sensor is stuck': 'standing',
    'says that it cannot write': 'cannot-keep',
    'says that it lost edges': 'loses',
    'ends, or is lost': 'not-online',
    answers: 'standing',
    'answers no question for 3 s': 'silent',
    'sends a crossing': 'standing',
    'sends the same crossings for 6 s': 'standing',
    'answers for 20 s': 'standing',
  },
  'cannot-keep': {
    'says that it is well': 'well',
    'says that its sensor is gone': 'sensor-gone',
    'says that its sensor is stuck': 'standing',
    'says that it cannot write': 'cannot-keep',
    'says that it lost edges': 'loses',
    'ends, or is lost': 'not-online',
    answers: 'cannot-keep',
    'answers no question for 3 s': 'silent',
    'sends a crossing': 'cannot-keep',
    'sends the same crossings for 6 s': 'cannot-keep',
    'answers for 20 s': 'cannot-keep',
  },
  loses: {
    'says that it is well': 'loses',
    'says that its sensor is gone': 'sensor-gone',
    'says that its sensor is stuck': 'standing',
    'says that it cannot write': 'cannot-keep',
    'says that it lost edges': 'loses',
    'ends, or is lost': 'not-online',
    answers: 'loses',
    'answers no question for 3 s': 'silent',
    'sends a crossing': 'loses',
    'sends the same crossings for 6 s': 'loses',
    'answers for 20 s': 'loses',
  },
  'only-duplicates': {
    'says that it is well': 'only-duplicates',
    'says that its sensor is gone': 'sensor-gone',
    'says that its sensor is stuck': 'standing',
    'says that it cannot write': 'cannot-keep',
    'says that it lost edges': 'loses',
    'ends, or is lost': 'not-online',
    answers: 'only-duplicates',
    'answers no question for 3 s': 'silent',
    'sends a crossing': 'well',
    'sends the same crossings for 6 s': 'only-duplicates',
    'answers for 20 s': 'well',
  },
};
