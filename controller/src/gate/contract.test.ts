import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CarId } from '@pitwall/protocol';
import type { TruePose } from '@pitwall/protocol/messages';
import { hostClock } from '@pitwall/runtime';
import { afterEach, beforeEach } from 'vitest';
import { DremTimer } from '../../testing/drem-timer.js';
import { gateSensorContract } from '../../testing/gate-sensor-contract.js';
import { standIn, withPath } from '../../testing/gpiomon-program.js';
import { DremSensor } from './drem/index.js';
import { eventBytes } from './evdev/evdev.js';
import { EvdevSensor } from './evdev/index.js';
import { GpioSensor } from './gpio/index.js';
import { GpiomonSensor } from './gpiomon/index.js';
import { PassingsDecoder, type Port, PulseDecoder, SerialSensor } from './serial/index.js';
import { SimulatedSensor } from './simulated/index.js';

const clock = hostClock();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pitwall-sensor-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

for (const version of [1, 2] as const) {
  gateSensorContract(
    `gpiomon of version ${version}`,
    async () => {
      const path = process.env.PATH;
      const gpiomon = await standIn(folder, version);
      process.env.PATH = '/nonexistent';
      let level: 0 | 1 = 0;
      let watching = false;
      return {
        make: () => new GpiomonSensor({ chip: 'gpiochip0', lines: [17], bias: 'pull-up' }, clock),
        plug: () => {
          process.env.PATH = withPath(gpiomon.folder);
        },
        unplug: () => {
          process.env.PATH = '/nonexistent';
          watching = false;
          gpiomon.die('error waiting for events: No such device');
        },
        pass: async () => {
          if (!watching) await gpiomon.next();
          watching = true;
          level = level === 0 ? 1 : 0;
          gpiomon.edge(17, level, process.hrtime.bigint());
        },
        stop: () => {
          gpiomon.close();
          process.env.PATH = path;
        },
      };
    },
    clock,
  );
}

gateSensorContract(
  'a pin of sysfs',
  async () => {
    const chip = join(folder, 'gpiochip512');
    const pipe = join(folder, 'edges');
    execFileSync('mkfifo', [pipe]);
    process.env.PITWALL_TEST_PIPE = pipe;
    // Open for reading too, so that the pipe outlives its reader.
    const writer = openSync(pipe, 'r+');
    const program = fileURLToPath(new URL('../../testing/pipe-process.mjs', import.meta.url));
    let level = 0;
    return {
      make: () => new GpioSensor({ chip: 'pinctrl-bcm2835', lines: [17], root: folder, program }, clock),
      plug: () => {
        mkdirSync(chip);
        for (const [file, value] of Object.entries({ label: 'pinctrl-bcm2835', base: 512, ngpio: 54 }))
          writeFileSync(join(chip, file), `${value}\n`);
      },
      unplug: () => {
        rmSync(chip, { recursive: true });
        writeSync(writer, 'x');
      },
      pass: () => {
        level = 1 - level;
        writeSync(writer, String(level));
      },
      stop: () => {
        closeSync(writer);
        delete process.env.PITWALL_TEST_PIPE;
      },
    };
  },
  clock,
);

gateSensorContract(
  'a key of a keyboard',
  async () => {
    const [device, key] = [join(folder, 'event0'), 48];
    let writer: number | undefined;
    const close = () => {
      if (writer !== undefined) closeSync(writer);
      writer = undefined;
    };
    return {
      make: () => new EvdevSensor({ device, key }, clock),
      plug: () => {
        const pipe = join(folder, 'next');
        execFileSync('mkfifo', [pipe]);
        writer = openSync(pipe, 'r+');
        renameSync(pipe, device);
      },
      // A pipe without a writer ends; of a keyboard that is gone the kernel says ENODEV (drivers/input/evdev.c, evdev_read).
      unplug: () => {
        rmSync(device);
        close();
      },
      pass: () => {
        const event = Buffer.alloc(eventBytes);
        event.writeUInt16LE(1, eventBytes - 8);
        event.writeUInt16LE(key, eventBytes - 6);
        event.writeInt32LE(1, eventBytes - 4);
        writeSync(writer!, event);
      },
      stop: close,
    };
  },
  clock,
);

for (const version of [2023, 2026] as const) {
  gateSensorContract(
    `DREM’s timer of ${version}`,
    async () => {
      let timer = new DremTimer(version);
      const port = await timer.start();
      timer.stop();
      let strip: 17 | 27 = 27;
      return {
        make: () => new DremSensor(`ws://127.0.0.1:${port}`, clock),
        plug: async () => {
          timer = new DremTimer(version);
          await timer.start(port);
        },
        unplug: () => timer.stop(),
        pass: () => {
          strip = strip === 17 ? 27 : 17;
          // That of 2023 holds both strips off together, for 3 s.
          if (version === 2023) timer.say('lap');
          else timer.strip(strip);
        },
        stop: () => timer.stop(),
      };
    },
    clock,
  );
}

/** A serial port that comes and goes. */
class ComingPort {
  isThere = false;
  #data: (chunk: Uint8Array) => void = () => {};
  #closed: () => void = () => {};

  readonly open = async (): Promise<Port> => {
    if (!this.isThere) throw new Error('No such file or directory, cannot open it');
    return {
      write: () => {},
      onData: (handler) => {
        this.#data = handler;
      },
      onClose: (handler) => {
        this.#closed = handler;
      },
      close: async () => {
        this.#data = () => {};
        this.#closed = () => {};
      },
    };
  };

  say(text: string): void {
    this.#data(Buffer.from(text, 'latin1'));
  }

  unplug(): void {
    this.isThere = false;
    this.#closed();
  }
}

for (const format of ['pulse', 'passings'] as const) {
  gateSensorContract(
    `a serial port, ${format}`,
    async () => {
      const port = new ComingPort();
      let thousandths = 12_000;
      return {
        make: () =>
          new SerialSensor(
            { port: '/dev/ttyUSB0', baud: 9600 },
            clock,
            (events) => (format === 'pulse' ? new PulseDecoder(events, clock) : new PassingsDecoder(events, clock)),
            port.open,
          ),
        plug: () => {
          port.isThere = true;
        },
        unplug: () => port.unplug(),
        pass: () => {
          thousandths += 10;
          const seconds = `${Math.floor(thousandths / 1000)}.${String(thousandths % 1000).padStart(3, '0')}`;
          port.say(format === 'pulse' ? 'lap\r\n' : `\x01@\t20\t4003\t${seconds}\t45\r\n`);
        },
        stop: () => {},
      };
    },
    clock,
  );
}

gateSensorContract(
  'a simulated car’s poses',
  async () => {
    const path = join(folder, 'truth.sock');
    const sockets = new Set<Socket>();
    const connected = (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.once('close', () => sockets.delete(socket));
    };
    let server = createServer(connected);
    const unplug = () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    };
    const car = CarId.parse('demo');
    return {
      make: () => new SimulatedSensor(path, { left: { x: 0, y: 0.3 }, right: { x: 0, y: -0.3 } }),
      plug: async () => {
        server = createServer(connected);
        server.listen(path);
        await once(server, 'listening');
      },
      unplug,
      pass: async () => {
        if (sockets.size === 0) await once(server, 'connection');
        const now = clock.now();
        for (const [at, x] of [
          [now, -0.15],
          [now + 2, -0.13],
        ] as const) {
          const pose = { car, bootId: clock.bootId, at, x, y: 0, yaw: 0 } as TruePose;
          for (const socket of sockets) socket.write(`${JSON.stringify(pose)}\n`);
        }
      },
      stop: unplug,
    };
  },
  clock,
);
