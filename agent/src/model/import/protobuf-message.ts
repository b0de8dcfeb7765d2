import type { Type } from 'protobufjs';

/**
 * Decodes a message whose fields `M` describes as the type's .proto text does. protobufjs builds the message from that text
 * at run time, so that the compiler cannot know its fields: the one place where it is told. `M` says of each field whether
 * protobufjs gives it always (repeated, scalar) or not (messages, map values).
 * @throws Error of protobufjs for bytes that are no such message
 */
export const decodeMessage = <M>(type: Type, bytes: Uint8Array): M => type.decode(bytes) as unknown as M;
