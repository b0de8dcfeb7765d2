import type { Lowering, Shape, Value } from '../../graph/index.js';
import { type Node, toNumber } from './graph.js';

/** A branch that is not taken when a policy runs. */
export type Result = Value | 'dead';
export interface Use {
  readonly lowering: Lowering;
  readonly node: Node;
  readonly inputs: readonly Value[];
}
export type Operation = (use: Use) => Value | readonly Result[];

export const input = ({ lowering, inputs }: Use, at: number): Value => {
  const value = inputs[at];
  if (value === undefined) throw lowering.invalid(`it has ${inputs.length} inputs.`);
  return value;
};
export const flag = ({ node }: Use, name: string) => node.attributes.get(name)?.b === true;
export const integer = ({ node }: Use, name: string, absent: number) => {
  const attribute = node.attributes.get(name);
  return attribute?.i === undefined ? absent : toNumber(attribute.i);
};
export const float = ({ node }: Use, name: string, absent: number) => node.attributes.get(name)?.f ?? absent;
export const text = ({ node }: Use, name: string, absent: string) => {
  const bytes = node.attributes.get(name)?.s;
  return bytes === undefined || bytes.length === 0 ? absent : Buffer.from(bytes).toString('latin1');
};
export const integers = ({ node }: Use, name: string): number[] | undefined =>
  node.attributes.get(name)?.list?.i?.map(toNumber);
/** A constant input's numbers, such as a shape or an axis. */
export const sized = (use: Use, at: number): Shape => use.lowering.list(input(use, at), 'the shape');
