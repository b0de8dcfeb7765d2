import type { CalibrationStep } from '@pitwall/protocol/messages';

/** Takes a step, and shows what came of it. */
export type TakeStep = (step: CalibrationStep, done?: string) => Promise<void>;
