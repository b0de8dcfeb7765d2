import { useEffect, useRef } from 'react';
import type { Frame } from './replay-timeline.js';

/** What shows one moment of a replay; called before each repaint in which the moment changes. */
export type Draw = (frame: Frame) => void;

export type Register = (draw: Draw) => () => void;

/** Draws each moment that the player shows, for as long as the part is there. */
export function useMoment(register: Register, draw: Draw): void {
  const latest = useRef(draw);
  useEffect(() => {
    latest.current = draw;
  });
  useEffect(() => register((frame) => latest.current(frame)), [register]);
}
