/** Where everything listens when nobody says otherwise: docs/network.md has them in its table. */
export const ports = {
  /** Pages, API and live updates: staff, racers, and the crowd once it trusts this controller. */
  http: 8080,
  /** Plain HTTP for phones in the hall, where the configuration wants it. */
  hall: 8081,
  /** Cars and gates, without TLS: on this machine alone, or by --insecure. */
  mqtt: 1883,
  /** Cars and gates over TLS. */
  mqtts: 8883,
  /** Overlays of others, where the configuration wants it. */
  rmonitor: 50_000,
} as const;
