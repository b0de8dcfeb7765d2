// Loaded into an agent by NODE_OPTIONS=--import: from one SIGUSR2 to the next the runtime of its networks answers nothing, and
// then everything at once, as a network would that waits for a processor that somebody else holds.
import { createRequire } from 'node:module';

interface Runtime {
  readonly InferenceSession: { readonly prototype: { run: (...args: unknown[]) => Promise<unknown> } };
}

// The very copy that the runtime for Node has.
const { InferenceSession } = createRequire(import.meta.url)('onnxruntime-common') as Runtime;
const { prototype } = InferenceSession;
const { run } = prototype;
let held: (() => void)[] | undefined;

prototype.run = async function (...args) {
  if (held !== undefined) await new Promise<void>((resolve) => held?.push(resolve));
  return run.apply(this, args);
};

process.on('SIGUSR2', () => {
  const answered = held;
  held = answered === undefined ? [] : undefined;
  for (const answer of answered ?? []) answer();
});
