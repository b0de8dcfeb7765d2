/** Answers with a body as it is (a stream, a picture, text that is JSON already): the schema of the response is for the document alone. */
export function sendRaw<Reply extends { send(payload: unknown): unknown }>(reply: Reply, body: unknown): Reply {
  reply.send(body);
  return reply;
}
