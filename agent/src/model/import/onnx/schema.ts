import protobuf from 'protobufjs';

/**
 * The part of ONNX (onnx/onnx.proto3, IR version 8) that a policy uses. Subgraphs, functions and sparse tensors are left
 * out on purpose: without them no message nests in itself. `external_data` is there to be refused. `float_data` is a
 * packed list of floats, which lies in a file exactly as bytes do: as such, millions of weights cost nothing to read.
 */
const text = `
syntax = "proto3";
message ModelProto {
  int64 ir_version = 1; repeated OperatorSet opset_import = 8; string producer_name = 2; string producer_version = 3;
  GraphProto graph = 7;
}
message OperatorSet { string domain = 1; int64 version = 2; }
message GraphProto {
  repeated NodeProto node = 1; string name = 2; repeated TensorProto initializer = 5; repeated ValueInfo input = 11;
  repeated ValueInfo output = 12;
}
message NodeProto {
  repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4; string domain = 7;
  repeated AttributeProto attribute = 5;
}
message AttributeProto {
  string name = 1; int32 type = 20; float f = 2; int64 i = 3; bytes s = 4; TensorProto t = 5; repeated float floats = 7;
  repeated int64 ints = 8;
}
message TensorProto {
  repeated int64 dims = 1; int32 data_type = 2; bytes float_data = 4; repeated int32 int32_data = 5;
  repeated int64 int64_data = 7; string name = 8; bytes raw_data = 9; repeated double double_data = 10;
  repeated StringEntry external_data = 13; int32 data_location = 14;
}
message StringEntry { string key = 1; string value = 2; }
message ValueInfo { string name = 1; TypeProto type = 2; }
message TypeProto { TensorType tensor_type = 1; }
message TensorType { int32 elem_type = 1; TensorShape shape = 2; }
message TensorShape { repeated Dimension dim = 1; }
message Dimension { int64 dim_value = 1; string dim_param = 2; }`;

const { root } = protobuf.parse(text, { keepCase: true });
export const ModelProto = root.lookupType('ModelProto');
export const GraphProto = root.lookupType('GraphProto');
export const TensorProto = root.lookupType('TensorProto');

/** TensorProto.DataType. */
export const tensorTypes = { float: 1, uint8: 2, int32: 6, int64: 7, bool: 9, half: 10, double: 11 } as const;
/** AttributeProto.AttributeType. */
export const attributeTypes = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7 } as const;
