import type { LogRecord, RaceState } from '@pitwall/protocol/race';
import { InterlockCheck, LogRecord as LogRecordSchema } from '@pitwall/protocol/race';
import { type ReactNode, useState } from 'react';
import { forms } from '../forms/index.js';
import type { Given } from './commander.js';
import styles from './marshal.module.css';
import { ReasonForm } from './reason-form.js';
import { inWords } from './words.js';

interface OutcomesProps {
  readonly given: readonly Given[];
  readonly state: RaceState;
  readonly again: (given: Given) => void;
  readonly overrule: (given: Given, reason: string) => void;
  /** Takes one more warning of a refused *Ready*, by its detail. */
  readonly accept: (given: Given, detail: string) => void;
  readonly testEStop: () => void;
  readonly dismiss: (given: Given) => void;
  /** What is said above all of it. */
  readonly children?: ReactNode;
}

const incidents = { reset: 'Reset +1', 'off-track': 'Off-track', collision: 'Collision' } as const;

/** A command as its button calls it, as far as there is one. */
function nameOf({ command }: Given): string {
  if (command.type === 'incident') return incidents[command.kind];
  const words = command.type.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * What became of the last commands: what is on its way, and what was refused and why. It lies over the page: no button moves
 * away under a finger.
 */
export function Outcomes(props: OutcomesProps) {
  const { given, children } = props;
  const open = given.filter(({ state }) => state !== 'done');
  return (
    <div className={styles.outcomes} aria-live="assertive">
      {children}
      {open.map((one) =>
        one.state === 'refused' ? (
          <Refused key={one.commandId} {...props} one={one} />
        ) : (
          <p key={one.commandId} className={styles.pending}>
            {one.state === 'waiting' ? `No answer to “${nameOf(one)}” yet; sending it again …` : `${nameOf(one)} …`}
          </p>
        ),
      )}
    </div>
  );
}

function Refused({ one, state, again, overrule, accept, testEStop, dismiss }: OutcomesProps & { readonly one: Given }) {
  const { error } = one;
  const close = (
    <button type="button" className={forms.plain} onClick={() => dismiss(one)}>
      Leave it
    </button>
  );
  if (error === null)
    return (
      <div className={styles.refused} role="alert">
        <strong>Nobody knows whether “{nameOf(one)}” arrived.</strong>
        <p>The controller did not answer. Look at the race before you press again.</p>
        {close}
      </div>
    );
  if (error.code === 'race-conflict')
    return (
      <div className={styles.refused} role="alert">
        <strong>Not done: the race changed before “{nameOf(one)}” arrived.</strong>
        <ul className={styles.changes}>
          {changesOf(error.details.changes).map((record) => (
            <li key={record.seq}>
              {inWords(record, state)} <small>by {record.who}</small>
            </li>
          ))}
        </ul>
        <div className={forms.choices}>
          <button type="button" className={forms.primary} onClick={() => again(one)}>
            Do it all the same
          </button>
          {close}
        </div>
      </div>
    );
  const checks = InterlockCheck.array().safeParse(error.details.checks);
  if (one.command.type === 'ready' && checks.success)
    return (
      <Interlock
        checks={checks.data}
        accepted={one.command.accept ?? []}
        onAccept={(detail) => accept(one, detail)}
        onOverrule={(reason) => overrule(one, reason)}
        onAgain={() => again(one)}
        onTest={testEStop}
        onCancel={() => dismiss(one)}
      />
    );
  return (
    <div className={styles.refused} role="alert">
      <strong>Not done: {nameOf(one)}.</strong>
      <p>{error.message}</p>
      {close}
    </div>
  );
}

const changesOf = (changes: unknown): LogRecord[] => LogRecordSchema.array().safeParse(changes).data ?? [];

const checkNames: Record<InterlockCheck['check'], string> = {
  'car-online': 'Car online',
  'model-entered': 'Model entered',
  'car-armable': 'Car could be armed now',
  'gate-healthy': 'Gate healthy',
  'e-stop-tested': 'Emergency stop tested today',
  'gate-free': 'Gate free',
};

interface ChecksProps {
  readonly checks: readonly InterlockCheck[];
  /** The details of the warnings that somebody accepted. */
  readonly accepted: readonly string[];
  /** Absent where nothing is to be decided any more. */
  readonly onAccept?: (detail: string) => void;
}

/** The checks, each with its word: ✓ is as it should be, ! wants somebody to accept it, ✗ is put right or overruled. */
export function Checks({ checks, accepted, onAccept }: ChecksProps) {
  return (
    <ul className={styles.checks}>
      {checks.map(({ check, ok, level, detail }) => {
        const isWarning = !ok && level === 'warning';
        const isAccepted = isWarning && accepted.includes(detail);
        return (
          <li key={`${check} ${detail}`} data-ok={ok} data-level={isWarning ? 'warning' : undefined}>
            <b>{ok ? '✓' : isWarning ? '!' : '✗'}</b>
            <span>
              {checkNames[check]}
              <small>
                {detail}
                {isAccepted ? ' (accepted)' : ''}
              </small>
              {isWarning && !isAccepted && onAccept !== undefined ? (
                <button type="button" className={forms.small} onClick={() => onAccept(detail)}>
                  Accept it
                </button>
              ) : null}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

interface InterlockProps {
  readonly checks: readonly InterlockCheck[];
  readonly accepted: readonly string[];
  readonly onAccept: (detail: string) => void;
  readonly onOverrule: (reason: string) => void;
  readonly onAgain: () => void;
  readonly onTest: () => void;
  readonly onCancel: () => void;
}

function Interlock({ checks, accepted, onAccept, onOverrule, onAgain, onTest, onCancel }: InterlockProps) {
  const [asking, setAsking] = useState(false);
  const untested = checks.some(({ check, ok }) => check === 'e-stop-tested' && !ok);
  const onlyWarnings = checks.every(({ ok, level }) => ok || level === 'warning');
  return (
    <div className={styles.refused} role="alert">
      <strong>{onlyWarnings ? 'Ready, if somebody accepts this' : 'Not ready'}</strong>
      <Checks checks={checks} accepted={accepted} onAccept={onAccept} />
      {asking ? (
        <ReasonForm
          title="Overrule the checks: the log keeps your name and the reason."
          submit="Overrule"
          usual={['Checked by hand', 'Timed by hand', 'Tested before the race']}
          onReason={onOverrule}
          onCancel={() => setAsking(false)}
        />
      ) : (
        <div className={forms.choices}>
          <button type="button" className={forms.primary} onClick={onAgain}>
            Check again
          </button>
          {untested ? (
            <button type="button" className={forms.plain} onClick={onTest}>
              Test the emergency stop now
            </button>
          ) : null}
          <button type="button" className={forms.plain} onClick={() => setAsking(true)}>
            Overrule …
          </button>
          <button type="button" className={forms.plain} onClick={onCancel}>
            Leave it
          </button>
        </div>
      )}
    </div>
  );
}
