import protobuf from 'protobufjs';

/**
 * The part of TensorFlow's GraphDef that a frozen inference graph uses (tensorflow/core/framework: graph.proto,
 * node_def.proto, attr_value.proto, tensor.proto, tensor_shape.proto, versions.proto), and of a SavedModel around it
 * (tensorflow/core/protobuf: saved_model.proto, meta_graph.proto). Functions are left out on
 * purpose: without them no message nests in itself, so no input can recurse.
 */
const text = `
syntax = "proto3";
message GraphDef { repeated NodeDef node = 1; VersionDef versions = 4; }
message SavedModel { repeated MetaGraphDef meta_graphs = 2; }
message MetaGraphDef { GraphDef graph_def = 2; }
message VersionDef { int32 producer = 1; int32 min_consumer = 2; }
message NodeDef {
  string name = 1; string op = 2; repeated string input = 3; string device = 4; map<string, AttrValue> attr = 5;
}
message AttrValue {
  ListValue list = 1; bytes s = 2; int64 i = 3; float f = 4; bool b = 5; int32 type = 6;
  TensorShape shape = 7; Tensor tensor = 8;
}
message ListValue {
  repeated bytes s = 2; repeated int64 i = 3; repeated float f = 4; repeated bool b = 5; repeated int32 type = 6;
}
message TensorShape { repeated Dim dim = 2; bool unknown_rank = 3; }
message Dim { int64 size = 1; string name = 2; }
message Tensor {
  int32 dtype = 1; TensorShape tensor_shape = 2; bytes tensor_content = 4; repeated float float_val = 5;
  repeated double double_val = 6; repeated int32 int_val = 7; repeated int64 int64_val = 10; repeated bool bool_val = 11;
  repeated int32 half_val = 13;
}`;

const { root } = protobuf.parse(text, { keepCase: true });
export const GraphDef = root.lookupType('GraphDef');
export const SavedModel = root.lookupType('SavedModel');

/** TensorFlow's DataType numbers (types.proto) of what a policy may hold. */
export const dataTypes = {
  float: 1,
  double: 2,
  int32: 3,
  uint8: 4,
  int64: 9,
  bool: 10,
  half: 19,
} as const;

/** A 64-bit field as protobufjs gives it. */
export type Int64 = number | { toNumber(): number };
export interface TensorShapeMessage {
  dim?: { size?: Int64 }[];
  unknown_rank?: boolean;
}
export interface TensorMessage {
  dtype?: number;
  tensor_shape?: TensorShapeMessage | null;
  tensor_content?: Uint8Array;
  float_val?: number[];
  double_val?: number[];
  int_val?: number[];
  int64_val?: Int64[];
  bool_val?: boolean[];
  half_val?: number[];
}
export interface AttributeMessage {
  list?: { s?: Uint8Array[]; i?: Int64[]; f?: number[]; b?: boolean[]; type?: number[] } | null;
  s?: Uint8Array;
  i?: Int64;
  f?: number;
  b?: boolean;
  type?: number;
  shape?: TensorShapeMessage | null;
  tensor?: TensorMessage | null;
}
export interface NodeMessage {
  name: string;
  op: string;
  input?: string[];
  attr?: Record<string, AttributeMessage>;
}
export interface SavedModelMessage {
  meta_graphs: { graph_def?: GraphMessage | null }[];
}
export interface GraphMessage {
  node: NodeMessage[];
  versions?: { producer?: number; min_consumer?: number } | null;
}
