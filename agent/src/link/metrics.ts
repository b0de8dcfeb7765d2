import { createServer, type Server } from 'node:http';
import { PitwallError } from '@pitwall/protocol';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Car, Stage } from '../driving/index.js';

/** Seconds: from a tenth of a millisecond to what counts as too slow everywhere. */
const buckets = [0.0001, 0.00025, 0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.033, 0.066, 0.1, 0.25];

/** Prometheus text at http://127.0.0.1:PORT/metrics, for whoever watches a car over days. On loopback only. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #port: number;
  readonly #stages: Histogram<'stage'>;
  #server: Server | undefined;

  constructor(port: number) {
    this.#port = port;
    this.#stages = new Histogram({
      name: 'pitwall_car_stage_seconds',
      help: 'From frame to wheels: age of a frame at arrival, decode, inference, act.',
      labelNames: ['stage'],
      buckets,
      registers: [this.#registry],
    });
  }

  readonly observe = (stage: Stage, micros: number): void => {
    this.#stages.observe({ stage }, micros / 1e6);
  };

  /** @throws PitwallError `port-in-use` */
  async start(car: Car): Promise<void> {
    const registers = [this.#registry];
    new Counter({
      name: 'pitwall_car_frames_total',
      help: 'Frames that the camera sent.',
      registers,
      collect() {
        this.reset();
        this.inc(car.totals.frames);
      },
    });
    new Counter({
      name: 'pitwall_car_dropped_frames_total',
      help: 'Frames that nobody looked at, because a newer one came.',
      registers,
      collect() {
        this.reset();
        this.inc(car.totals.dropped);
      },
    });
    new Gauge({
      name: 'pitwall_car_frames_per_second',
      help: 'Frames in the last whole second.',
      registers,
      collect() {
        this.set(car.totals.rate);
      },
    });
    const server = createServer((request, response) => {
      if (request.url !== '/metrics') {
        response.writeHead(404).end();
        return;
      }
      void this.#registry.metrics().then((text) => {
        response.writeHead(200, { 'content-type': this.#registry.contentType }).end(text);
      });
    });
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) =>
        reject(
          new PitwallError('port-in-use', `The port ${this.#port} is taken; set metrics.port to another one.`, {
            cause,
          }),
        ),
      );
      server.listen(this.#port, '127.0.0.1', resolve);
    });
  }

  stop(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }
}
