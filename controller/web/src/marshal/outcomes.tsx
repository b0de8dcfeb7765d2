import { Button, Group, Paper, Stack, Text } from '@mantine/core';
import type { LogRecord, RaceState } from '@pitwall/protocol/race';
import { LogRecord as LogRecordSchema, ReadyCheck } from '@pitwall/protocol/race';
import { type ReactNode, useState } from 'react';
import { Columns, Rows, Soft } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import type { Given } from './commander.js';
import styles from './marshal.module.css';
import { ReasonForm } from './reason-form.js';
import { recordText } from './record-text.js';

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

const incidents = {
  reset: words.marshal.resetPlus1,
  'off-track': words.marshal.offTrack,
  collision: words.marshal.collision,
} as const;

/** A command as its button calls it, as far as there is one. */
function nameOf({ command }: Given): string {
  if (command.type === 'incident') return incidents[command.kind];
  return words.marshal.commands[command.type];
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
          <RefusedCommand key={one.commandId} {...props} one={one} />
        ) : (
          <Paper key={one.commandId} py="xs" bg="var(--panel-2)" className={styles.pending}>
            {one.state === 'waiting' ? words.marshal.noAnswerToYetSending(nameOf(one)) : `${nameOf(one)} …`}
          </Paper>
        ),
      )}
    </div>
  );
}

function RefusedCommand({
  one,
  state,
  again,
  overrule,
  accept,
  testEStop,
  dismiss,
}: OutcomesProps & { readonly one: Given }) {
  const { error } = one;
  const close = (
    <Button variant="default" onClick={() => dismiss(one)}>
      {words.common.cancel}
    </Button>
  );
  if (error === null)
    return (
      <Refused>
        <strong>{words.marshal.nobodyKnowsWhetherArrived(nameOf(one))}</strong>
        <Text>{words.marshal.theControllerDidNotAnswerLook}</Text>
        {close}
      </Refused>
    );
  if (error.code === 'race-conflict')
    return (
      <Refused>
        <strong>{words.marshal.notDoneTheRaceChanged(nameOf(one))}</strong>
        <Rows block>
          {changesOf(error.details.changes).map((record) => (
            <li key={record.seq}>
              {recordText(record, state)} <small>{words.marshal.byWho(record.who)}</small>
            </li>
          ))}
        </Rows>
        <Group gap="xs">
          <Button onClick={() => again(one)}>{words.marshal.doItAllTheSame}</Button>
          {close}
        </Group>
      </Refused>
    );
  const checks = ReadyCheck.array().safeParse(error.details.checks);
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
    <Refused>
      <strong>{words.marshal.notDoneName(nameOf(one))}</strong>
      <Text>{error.message}</Text>
      {close}
    </Refused>
  );
}

/** What was refused, beside what lies below it: a finger on its way to that does not press what came over it. */
const Refused = ({ children }: { readonly children: ReactNode }) => (
  <Paper role="alert" bd="2px solid var(--warn)" className={styles.refused}>
    <Stack gap="xs">{children}</Stack>
  </Paper>
);

const changesOf = (changes: unknown): LogRecord[] => LogRecordSchema.array().safeParse(changes).data ?? [];

const checkNames: Record<ReadyCheck['check'], string> = {
  'car-online': words.marshal.carOnline,
  'model-entered': words.marshal.modelEntered,
  'car-armable': words.marshal.carCouldBeArmedNow,
  'gate-healthy': words.marshal.gateHealthy,
  'e-stop-tested': words.marshal.emergencyStopTestedToday,
  'gate-free': words.marshal.gateFree,
};

interface ChecksProps {
  readonly checks: readonly ReadyCheck[];
  /** The details of the warnings that somebody accepted. */
  readonly accepted: readonly string[];
  /** Absent where nothing is to be decided any more. */
  readonly onAccept?: (detail: string) => void;
}

/** The checks, each with its word: ✓ is as it should be, ! wants somebody to accept it, ✗ is put right or overruled. */
export function Checks({ checks, accepted, onAccept }: ChecksProps) {
  return (
    <Columns least="15rem" fill>
      {checks.map(({ check, ok, level, detail }) => {
        const isWarning = !ok && level === 'warning';
        const isAccepted = isWarning && accepted.includes(detail);
        const colour = ok ? 'var(--go)' : isWarning ? 'var(--warn)' : 'var(--stop)';
        return (
          <Paper key={`${check} ${detail}`} bg="var(--panel-2)" bd={`1px solid ${ok ? 'transparent' : colour}`}>
            <Group gap="xs" wrap="nowrap" align="start">
              <Text span fw={700} c={colour}>
                {ok ? '✓' : isWarning ? '!' : '✗'}
              </Text>
              <div>
                <b>{checkNames[check]}</b>
                <Soft>
                  {detail}
                  {isAccepted ? words.marshal.accepted : ''}
                </Soft>
                {isWarning && !isAccepted && onAccept !== undefined ? (
                  <Button variant="default" size="xs" onClick={() => onAccept(detail)}>
                    {words.marshal.acceptIt}
                  </Button>
                ) : null}
              </div>
            </Group>
          </Paper>
        );
      })}
    </Columns>
  );
}

interface InterlockProps {
  readonly checks: readonly ReadyCheck[];
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
    <Refused>
      <strong>{onlyWarnings ? words.marshal.readyIfSomebodyAcceptsThis : words.marshal.notReady}</strong>
      <Checks checks={checks} accepted={accepted} onAccept={onAccept} />
      {asking ? (
        <ReasonForm
          title={words.marshal.overruleTheChecksTheLog}
          submit={words.marshal.overrule}
          usual={[words.marshal.checkedByHand, words.marshal.timedByHand, words.marshal.testedBeforeTheRace]}
          onReason={onOverrule}
          onCancel={() => setAsking(false)}
        />
      ) : (
        <Group gap="xs">
          <Button onClick={onAgain}>{words.marshal.checkAgain}</Button>
          {untested ? (
            <Button variant="default" onClick={onTest}>
              {words.marshal.testTheEmergencyStopNow}
            </Button>
          ) : null}
          <Button variant="default" onClick={() => setAsking(true)}>
            {words.marshal.overruleTitle}
          </Button>
          <Button variant="default" onClick={onCancel}>
            {words.common.cancel}
          </Button>
        </Group>
      )}
    </Refused>
  );
}
