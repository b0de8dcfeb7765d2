import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Forwarder, Outbox } from '../../forwarding/index.js';
import { gateMetrics, type Timing } from '../../timing/index.js';
import { boardsShownTo, type MayShow } from './board-guard.js';
import type { Routes } from './server.js';

export interface MetricsSources {
  readonly mayShow: MayShow;
  readonly outbox: Pick<Outbox, 'counts' | 'oldest'>;
  readonly troubles: Forwarder['troubles'];
  readonly gates: Timing['health'];
  /** How often something that listens to logs of races failed. */
  readonly failedListeners: () => number;
  /** Wall clock, ms. */
  readonly now: () => number;
}

/**
 * `GET /metrics` for Prometheus, with a marshal's token: the process, the gates, and what waits to be sent to boards that
 * everyone may see.
 */
export const metricsRoutes =
  (sources: MetricsSources): Routes =>
  (app) => {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    const forEveryone = () => boardsShownTo(sources.mayShow, {});
    gateMetrics(registry, () => sources.gates());
    new Gauge({
      name: 'pitwall_outbox_deliveries',
      help: 'Results in the outbox, by destination and state',
      labelNames: ['destination', 'state'],
      registers: [registry],
      async collect() {
        this.reset();
        for (const { destination, state, count } of await sources.outbox.counts(forEveryone()))
          this.set({ destination, state }, count);
      },
    });
    new Gauge({
      name: 'pitwall_outbox_oldest_seconds',
      help: 'For how long the oldest result has waited, by destination',
      labelNames: ['destination'],
      registers: [registry],
      async collect() {
        this.reset();
        for (const { destination, since } of await sources.outbox.oldest(forEveryone()))
          this.set({ destination }, Math.max(0, sources.now() - since) / 1000);
      },
    });
    new Gauge({
      name: 'pitwall_outbox_failures',
      help: 'Failures in a row, by destination and leaderboard',
      labelNames: ['destination', 'leaderboard'],
      registers: [registry],
      async collect() {
        this.reset();
        const ofBoard = forEveryone();
        for (const { destination, leaderboard, failures } of sources.troubles())
          if (await ofBoard(leaderboard)) this.set({ destination, leaderboard }, failures);
      },
    });
    new Gauge({
      name: 'pitwall_failed_listeners',
      help: 'What listened to the logs of races and failed since the start, each by a defect; the log of the process says which',
      registers: [registry],
      collect() {
        this.set(sources.failedListeners());
      },
    });
    app.get(
      '/metrics',
      { config: { access: ['marshal'] }, schema: { tags: ['metrics'], summary: 'For Prometheus' } },
      async (_request, reply) => {
        return reply.header('content-type', registry.contentType).send(await registry.metrics());
      },
    );
  };
