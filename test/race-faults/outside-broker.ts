import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const program = `
  import { createServer } from 'node:net';
  import { Aedes } from 'aedes';
  const broker = await Aedes.createBroker();
  const server = createServer((socket) => broker.handle(socket));
  server.listen(Number(process.argv[1]), '127.0.0.1', () => console.log(server.address().port));
`;

/** An MQTT broker in a process of its own, which knows nothing of Pitwall. It can be killed and started again. */
export class OutsideBroker {
  #child: ChildProcess | undefined;
  #port = 0;

  get url(): string {
    return `mqtt://127.0.0.1:${this.#port}`;
  }

  /** Every start but the first takes the same port again. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, String(this.#port)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    this.#port = Number(line);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}
