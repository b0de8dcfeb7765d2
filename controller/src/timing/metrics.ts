import type { GateHealth } from '@pitwall/protocol/api';
import { Gauge, type Registry } from 'prom-client';

const seconds = (micros: number | null): number => (micros === null ? Number.NaN : micros / 1e6);

/** What is said of every gate, in Prometheus' base units. */
const measures: Readonly<Record<string, { readonly help: string; readonly of: (gate: GateHealth) => number }>> = {
  up: {
    help: '1 while the gate can be relied on',
    of: ({ trouble }) => Number(trouble === null),
  },
  last_seen_seconds: { help: 'Since the gate was last heard', of: ({ lastSeenAgo }) => seconds(lastSeenAgo) },
  last_crossing_seconds: { help: 'Since its last crossing', of: ({ lastCrossingAgo }) => seconds(lastCrossingAgo) },
  link_delay_seconds: { help: 'One way, running mean', of: ({ linkDelay }) => seconds(linkDelay) },
  clock_error_seconds: { help: 'Bound of the clock alignment', of: ({ clockError }) => seconds(clockError) },
  clock_drift_ratio: {
    help: 'How much faster its clock runs',
    of: ({ driftPpm }) => (driftPpm === null ? Number.NaN : driftPpm / 1e6),
  },
  crossings: { help: 'Crossings since the controller started', of: ({ crossings }) => crossings },
  gaps: { help: 'CrossingNumbers that were skipped', of: ({ gaps }) => gaps },
  duplicates: { help: 'Crossings that came again', of: ({ duplicates }) => duplicates },
  reused: { help: 'Crossings under a number that another one has', of: ({ reused }) => reused },
  waiting: { help: 'Kept by the gate, not acknowledged', of: ({ waiting }) => waiting },
  lost_edges: { help: 'Edges that its sensor could not give', of: ({ lost }) => lost },
  blind_seconds: { help: 'In which nothing watched its sensor', of: ({ blind }) => seconds(blind) },
  battery_volts: { help: 'Where the gate says it', of: ({ batteryVolts }) => batteryVolts ?? Number.NaN },
};

/** Registers `pitwall_gate_…`, one series a gate, read when they are asked for. */
export function gateMetrics(registry: Registry, health: () => readonly GateHealth[]): void {
  for (const [name, { help, of }] of Object.entries(measures))
    new Gauge({
      name: `pitwall_gate_${name}`,
      help,
      labelNames: ['gate'],
      registers: [registry],
      collect() {
        this.reset();
        for (const gate of health()) {
          const value = of(gate);
          if (!Number.isNaN(value)) this.set({ gate: gate.gate }, value);
        }
      },
    });
}
