import { Paper, Text } from '@mantine/core';
import type { GateId } from '@pitwall/protocol';
import type { RaceSetup, RunState } from '@pitwall/protocol/race';
import { useEffect } from 'react';
import { gateStatus, useGates } from '../gates/index.js';
import { words } from '../staff-words/index.js';
import { allowTone, soundAlarm } from './tone.js';

/** Gates without which a lap has no time, and how each is. */
export function useTimingGates({ gates, finish }: RaceSetup) {
  const known = useGates();
  return [...gates, ...(finish ?? [])].map((gate) => ({ gate, ...gateStatus(gate, known) }));
}

/** How often it sounds while a gate does not see, ms. */
const every = 5000;

interface GateAlarmProps {
  readonly gates: readonly { readonly gate: GateId; readonly ok: boolean; readonly text: string }[];
  readonly run: RunState | undefined;
}

/** Says loudly, and sounds, while a run is timed by a gate that cannot be relied on. */
export function GateAlarm({ gates, run }: GateAlarmProps) {
  const isTimed = run !== undefined && (run.phase === 'running' || run.rolling);
  const bad = isTimed ? gates.filter(({ ok }) => !ok) : [];
  const isBad = bad.length > 0;
  useEffect(() => {
    for (const type of ['keydown', 'pointerdown']) window.addEventListener(type, allowTone);
    return () => {
      for (const type of ['keydown', 'pointerdown']) window.removeEventListener(type, allowTone);
    };
  }, []);
  useEffect(() => {
    if (!isBad) return;
    soundAlarm();
    const timer = window.setInterval(soundAlarm, every);
    return () => window.clearInterval(timer);
  }, [isBad]);
  if (!isBad) return null;
  return (
    <Paper role="alert" bg="var(--alarm)" c="var(--on-alarm)" fw={700}>
      {bad.map(({ gate, text }) => (
        <Text key={gate} fz="1.5rem" lh={1.15} fw={800}>
          {words.marshal.gateSays(gate, text)}
        </Text>
      ))}
      <span>{words.marshal.timeTheLapsWithSpace}</span>
    </Paper>
  );
}
