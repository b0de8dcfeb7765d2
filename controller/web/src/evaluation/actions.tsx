import { Box, Text } from '@mantine/core';
import type { Replay } from '@pitwall/protocol/api';
import { useEffect, useMemo, useRef } from 'react';
import { Soft } from '../shell/index.js';
import { words } from '../words/index.js';
import styles from './evaluation.module.css';
import type { ReplayTimeline } from './replay-timeline.js';
import { type Register, useMoment } from './use-moment.js';

/** An action of a discrete model; `index` is its place in the network's output. */
export interface ShownAction {
  readonly index: number;
  readonly steeringDeg: number;
  readonly speedMps: number;
}

/** A model's actions from the sharpest left to the sharpest right, slow before fast; null where they are continuous. */
export function sortedActions(actions: Replay['actions']): ShownAction[] | null {
  if (actions === null) return null;
  return actions
    .map((action, index) => ({ ...action, index }))
    .sort((a, b) => b.steeringDeg - a.steeringDeg || a.speedMps - b.speedMps || a.index - b.index);
}

export const useActions = ({ actions }: Replay): ShownAction[] | null =>
  useMemo(() => sortedActions(actions), [actions]);

/** As people write it: what arithmetic left over is not shown. */
const short = (value: number): number => Math.round(value * 100) / 100;

const name = ({ steeringDeg, speedMps }: ShownAction): string => {
  const side = steeringDeg === 0 ? '' : steeringDeg > 0 ? words.evaluation.left : words.evaluation.right;
  return words.evaluation.action(short(Math.abs(steeringDeg)), side, short(speedMps));
};

interface BarsProps {
  readonly actions: readonly ShownAction[];
  readonly outputs: Replay['outputs'];
  readonly register: Register;
}

/** How probable each action is at the moment that is shown. */
export function ActionBars({ actions, outputs, register }: BarsProps) {
  const list = useRef<HTMLOListElement>(null);
  useMoment(register, ({ step }) => {
    const output = outputs[step] ?? [];
    const most = Math.max(...output);
    for (const [row, { index }] of actions.entries()) {
      const item = list.current?.children[row];
      const bar = item?.lastElementChild;
      const value = output[index] ?? 0;
      if (!(bar instanceof HTMLElement) || !(item instanceof HTMLElement)) continue;
      bar.style.width = `${(100 * value).toFixed(1)}%`;
      item.dataset.most = String(value > 0 && value === most);
    }
  });
  return (
    <div>
      <Box
        component="ol"
        ref={list}
        className={styles.actions}
        data-testid="actions"
        m={0}
        p={0}
        fz="0.78rem"
        lh={1.25}
        style={{ listStyle: 'none' }}
      >
        {actions.map((action) => (
          <li key={action.index}>
            <span>{name(action)}</span>
            <i />
          </li>
        ))}
      </Box>
      <Soft>{words.evaluation.howSureItWasOf}</Soft>
    </div>
  );
}

interface StripProps {
  readonly actions: readonly ShownAction[];
  readonly replay: Replay;
  readonly timeline: ReplayTimeline;
  readonly register: Register;
  readonly onSeek: (timeS: number) => void;
}

/** `--car`, as a canvas takes it. */
const carColour = [54, 224, 255] as const;

/** The probability of each action over the whole replay: left at the top, right at the bottom, brighter is surer. */
export function ActionStrip({ actions, replay, timeline, register, onSeek }: StripProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const mark = useRef<HTMLDivElement>(null);
  const { outputs, steps } = replay;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context == null || steps.length === 0) return;
    const image = context.createImageData(steps.length, actions.length);
    for (const [step, output] of outputs.entries())
      for (const [row, { index }] of actions.entries())
        image.data.set(
          [...carColour, Math.round(255 * Math.sqrt(output[index] ?? 0))],
          4 * (row * steps.length + step),
        );
    context.putImageData(image, 0, 0);
  }, [actions, outputs, steps]);
  useMoment(register, ({ timeS }) => {
    if (mark.current !== null) mark.current.style.left = `${(100 * timeS) / timeline.endS}%`;
  });
  return (
    <div
      className={styles.strip}
      onPointerDown={(event) => {
        const { left, width } = event.currentTarget.getBoundingClientRect();
        onSeek(((event.clientX - left) / width) * timeline.endS);
      }}
    >
      <canvas
        ref={canvas}
        width={Math.max(1, steps.length)}
        height={actions.length}
        role="img"
        aria-label={words.evaluation.howSureItWasOfEach}
      />
      <Box ref={mark} pos="absolute" top={0} bottom={0} w={2} bg="var(--lane)" style={{ pointerEvents: 'none' }} />
      {[words.evaluation.leftSmall, words.evaluation.rightSmall].map((side, at) => (
        <Text
          key={side}
          span
          fz="0.75rem"
          pl="0.4rem"
          c="var(--on-night)"
          style={{ zIndex: 1, pointerEvents: 'none', alignSelf: at === 0 ? 'start' : 'end' }}
        >
          {side}
        </Text>
      ))}
    </div>
  );
}
