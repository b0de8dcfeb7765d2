import 'uplot/dist/uPlot.min.css';
import { Box, useComputedColorScheme } from '@mantine/core';
import type { Comparison } from '@pitwall/protocol/api';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import { decimal, words } from '../words/index.js';
import { secondsText } from './comparison.js';

/** Where time was gained and lost over the lap, and how fast each drove there. */
export default function GapChart({ comparison }: { readonly comparison: Comparison }) {
  const place = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme('dark');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read anew with the scheme
  useEffect(() => {
    const { current } = place;
    if (current === null) return;
    const chart = new uPlot(optionsOf(comparison, sizeOf(current)), dataOf(comparison), current);
    const resized = new ResizeObserver(() => chart.setSize(sizeOf(current)));
    resized.observe(current);
    return () => {
      resized.disconnect();
      chart.destroy();
    };
  }, [comparison, scheme]);
  return (
    <Box ref={place} h="20rem" miw={0} fz="0.85rem" role="img" aria-label={words.evaluation.timeLostOrGainedAlong} />
  );
}

const isNarrow = (width: number): boolean => width < 500;
/** The legend stands below the chart, on a phone in two lines. */
const legendOf = (width: number): number => (isNarrow(width) ? 62 : 34);
const sizeOf = ({ clientWidth, clientHeight }: HTMLElement) => ({
  width: clientWidth,
  height: clientHeight - legendOf(clientWidth),
});

const dataOf = ({ percent, gap, mineSpeed, otherSpeed }: Comparison): uPlot.AlignedData => [
  percent,
  gap.map((micros) => micros / 1_000_000),
  mineSpeed,
  otherSpeed,
];

function optionsOf({ mine, other }: Comparison, size: { width: number; height: number }): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const grid = { stroke: colour('--line'), width: 1 };
  const axis = { stroke: colour('--ink-2'), grid, ticks: grid };
  const narrow = isNarrow(size.width);
  const speed = (value: number | null) => (value === null ? '–' : words.evaluation.valueMS(decimal(value, 2)));
  return {
    ...size,
    // Half of "100%" stands to the right of the chart where no axis does.
    padding: [8, narrow ? 18 : 8, 0, 0],
    scales: {
      x: { time: false, range: [0, 100] },
      gap: { range: (_chart, low, high) => [Math.min(-0.1, low * 1.1), Math.max(0.1, high * 1.1)] },
      mps: { range: (_chart, _low, high) => [0, Math.max(1, high * 1.6)] },
    },
    axes: [
      { ...axis, values: (_chart, ticks) => ticks.map((tick) => `${tick}%`) },
      { ...axis, scale: 'gap', size: 68, values: (_chart, ticks) => ticks.map((tick) => words.evaluation.tickS(tick)) },
      {
        ...axis,
        scale: 'mps',
        side: 1,
        size: 56,
        grid: { show: false },
        show: !narrow,
        values: (_chart, ticks) => ticks.map((tick) => words.evaluation.tickMS(tick)),
      },
    ],
    series: [
      { label: words.evaluation.lap, value: (_chart, value) => (value === null ? '–' : `${decimal(value, 0)}%`) },
      {
        label: words.evaluation.behind,
        scale: 'gap',
        stroke: colour('--accent'),
        width: 3,
        value: (_chart, value) => (value === null ? '–' : secondsText(Math.round(value * 1_000_000))),
      },
      {
        label: mine.alias,
        scale: 'mps',
        stroke: colour('--series'),
        width: 1.5,
        value: (_chart, value) => speed(value),
      },
      {
        label: other.alias,
        scale: 'mps',
        stroke: colour('--ink-2'),
        width: 1.5,
        dash: [6, 4],
        value: (_chart, value) => speed(value),
      },
    ],
  };
}
