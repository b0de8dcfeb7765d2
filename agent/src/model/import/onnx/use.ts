import type { Constant, Lowering, Value } from '../../graph/index.js';
import { type AttributeMessage, type NodeMessage, toNumber } from './read.js';

export interface Use {
  readonly lowering: Lowering;
  readonly node: NodeMessage;
  readonly opset: number;
  readonly inputs: readonly (Value | undefined)[];
}
export type Operation = (use: Use) => Value | readonly Value[];

export const input = ({ lowering, inputs }: Use, at: number): Value => {
  const value = inputs[at];
  if (value === undefined) throw lowering.invalid(`input ${at} is missing.`);
  return value;
};
export const attribute = ({ node }: Use, name: string): AttributeMessage | undefined =>
  node.attribute.find((one) => one.name === name);
export const int = (use: Use, name: string, absent: number) => {
  const found = attribute(use, name);
  return found === undefined ? absent : toNumber(found.i);
};
export const float = (use: Use, name: string, absent: number) => attribute(use, name)?.f ?? absent;
export const intList = (use: Use, name: string): number[] | undefined => attribute(use, name)?.ints.map(toNumber);
export const text = (use: Use, name: string, absent: string) => {
  const bytes = attribute(use, name)?.s;
  return bytes === undefined ? absent : Buffer.from(bytes).toString('latin1');
};
export const list = (use: Use, at: number) => use.lowering.list(input(use, at), `input ${at}`);
/** What older opsets have as an attribute and newer ones as an input. */
export const listOf = (use: Use, name: string, at: number): number[] | undefined =>
  intList(use, name) ?? (use.inputs[at] === undefined ? undefined : list(use, at));
export const known = (use: Use, at: number, what: string): Constant => use.lowering.known(input(use, at), what);
