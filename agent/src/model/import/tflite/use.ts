import type { Lowering, Value } from '../../graph/index.js';
import { clip, unary } from '../../graph/index.js';
import type { Table } from './flatbuffer.js';

export interface Use {
  readonly lowering: Lowering;
  readonly inputs: readonly (Value | undefined)[];
  readonly options: Table | undefined;
  /** Shapes of the outputs as the file has them; only used where the format has no other word for a result. */
  readonly results: readonly (readonly number[])[];
}
export type Operation = (use: Use) => Value | readonly Value[];
/** Its BuiltinOperator number, its name, and what it does. */
export type Known = readonly [number: number, meaning: readonly [name: string, operation: Operation]];

export const input = ({ lowering, inputs }: Use, at: number): Value => {
  const value = inputs[at];
  if (value === undefined) throw lowering.invalid(`input ${at} is missing.`);
  return value;
};
export const list = (use: Use, at: number): number[] => use.lowering.list(input(use, at), `input ${at}`);
export const int = ({ options }: Use, field: number, absent = 0) => options?.int(field, absent) ?? absent;
export const byte = ({ options }: Use, field: number) => options?.byte(field) ?? 0;

/** ActivationFunctionType, which many operations carry inside. */
export function activated(use: Use, value: Value, field: number): Value {
  const { lowering } = use;
  const kind = byte(use, field);
  if (kind === 0) return value;
  if (kind === 1) return unary(lowering, 'Relu', value);
  if (kind === 2) return clip(lowering, value, -1, 1);
  if (kind === 3) return clip(lowering, value, 0, 6);
  if (kind === 4) return unary(lowering, 'Tanh', value);
  throw lowering.unsupported(`activation number ${kind}.`);
}
