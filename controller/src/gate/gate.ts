import { type BootId, errorLine, type GateId, type Micros } from '@pitwall/protocol';
import {
  type Computer,
  type Crossing,
  CrossingAck,
  type Envelope,
  type GatePresence,
  GateSync,
  topics,
} from '@pitwall/protocol/messages';
import type { Clock } from '@pitwall/runtime';
import type { Incoming, MqttLink } from '@pitwall/runtime/mqtt-link';
import type { Logger } from 'pino';
import { Debounce, type DebounceRules } from './debounce.js';
import type { Journal, KeptCrossing } from './journal.js';
import { laterTerm } from './later-term.js';
import type { Edge, Sensor } from './sensor.js';
import { SensorMonitor, type SensorMonitorRules } from './sensor-monitor.js';
import { StopButton, type StopRules } from './stop-button.js';

export interface GateOptions {
  readonly gate: GateId;
  /** The profile's name, for people. */
  readonly profile: string;
  readonly sensor: Sensor;
  readonly debounce: DebounceRules;
  readonly watch: SensorMonitorRules;
  /** µs by which the sensor's own reaction varies from pass to pass; added to every stamp's uncertainty. */
  readonly repeatability: Micros;
  /** Sensors that are a button: pressed, it stops every car. */
  readonly stop?: StopRules | undefined;
  readonly computer: Computer;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly version: string;
  readonly log: Logger;
  /** Makes the connection; the gate says what its presence is. */
  readonly link: (presence: NonNullable<ConstructorParameters<typeof MqttLink>[0]['presence']>) => MqttLink;
}

const firstResend = 1_000_000;
const lastResend = 10_000_000;
const resendTickMs = 250;
const checkMs = 500;
/** Crossings under way to the receiver at one time, so that a long outage ends at the receiver's pace. */
const window = 500;

/**
 * The gate process: edges in, crossings out. A crossing is on disk before it is sent and stays there until the
 * controller says that it has it; what was not acknowledged is sent again: on every connect, when a new controller asks
 * for the clock, and after a while.
 */
export class Gate {
  readonly #options: GateOptions;
  readonly #link: MqttLink;
  readonly #debounce: Debounce;
  /** When each was last sent, and how long its answer is waited for, in µs. */
  readonly #sent = new Map<string, { at: Micros; patience: number }>();
  readonly #resumed = new Set<BootId>();
  readonly #button: StopButton | undefined;
  #written: Promise<unknown> = Promise.resolve();
  #resend: NodeJS.Timeout | undefined;
  #asker: string | undefined;
  /** What the controller of the latest term said of it, for those of earlier ones. */
  #term: string | undefined;
  #stopped = true;
  readonly #watch: SensorMonitor;
  #sensorStatus: GatePresence['sensor'] = 'ok';
  #checking: NodeJS.Timeout | undefined;
  #lost = 0;
  #battery: number | undefined;
  #wallClockSteps: number | undefined;
  #announced = '';

  constructor(options: GateOptions) {
    this.#options = options;
    this.#debounce = new Debounce(options.debounce);
    this.#watch = new SensorMonitor(options.watch);
    this.#link = options.link((status, envelope) => ({
      topic: topics.gate(options.gate, 'presence'),
      message: this.#presence(status, envelope),
    }));
    const { stop: rules } = options;
    this.#button = rules === undefined ? undefined : new StopButton({ ...options, rules, link: this.#link });
  }

  get link(): Pick<MqttLink, 'isUp' | 'ready'> {
    return this.#link;
  }

  async start(): Promise<void> {
    const { gate, sensor, journal, log, clock } = this.#options;
    this.#stopped = false;
    if (journal.damaged > 0) log.warn({ lines: journal.damaged }, 'the journal has lines that cannot be read');
    this.#link.subscribe(topics.gate(gate, 'ack'), CrossingAck, ({ message }) => this.#onAck(message));
    this.#link.subscribe(topics.gate(gate, 'sync'), GateSync, (incoming) => this.#onSync(incoming));
    this.#button?.start();
    this.#link.onUp(() => this.#sendAll());
    this.#link.start();
    this.#checking = setInterval(() => this.#check(), checkMs);
    await sensor.start({
      edge: (edge) => this.#onEdge(edge),
      status: (status, message, since) => {
        this.#watch.adapter(status, since ?? clock.now());
        if (status !== this.#sensorStatus) log[status === 'ok' ? 'info' : 'warn']({ sensor: status }, message);
        this.#check();
      },
      note: (message) => log.warn(message),
      lost: (count) => {
        this.#lost += count;
        log.error({ count, total: this.#lost }, 'the sensor lost edges or sent what is none');
      },
      wallClock: (steps) => {
        this.#wallClockSteps = steps;
        if (steps === 0) log.info('the sensor stamps by a wall clock; crossings are a little less exact');
        else log.warn({ steps }, "the sensor's wall clock was set, or a stamp came late; that crossing is less exact");
      },
      battery: (volts) => {
        this.#battery = Math.round(volts * 100) / 100;
      },
    });
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearInterval(this.#resend);
    clearInterval(this.#checking);
    this.#button?.stop();
    await this.#options.sensor.stop();
    await this.#options.journal.close();
    await this.#link.stop();
  }

  #onEdge(edge: Edge): void {
    const { gate, journal, sensor, repeatability, log } = this.#options;
    const { bootId, at, kept, strength, level, transponder } = edge;
    if (this.#button?.takes(edge)) {
      if (kept !== undefined) this.#written.then(() => sensor.keep?.(bootId, kept));
      return;
    }
    this.#watch.edge(edge, this.#options.clock.now());
    if (kept !== undefined && kept <= (journal.kept(bootId) ?? -1)) {
      sensor.keep?.(bootId, kept);
      return;
    }
    const lastAt = journal.lastAt(bootId);
    if (!this.#resumed.has(bootId) && lastAt !== undefined) this.#debounce.resume(bootId, lastAt);
    this.#resumed.add(bootId);
    if (!this.#debounce.accepts(edge)) {
      // The device may forget it only after the crossing before it is on disk: it forgets all up to a number.
      if (kept !== undefined) this.#written.then(() => sensor.keep?.(bootId, kept));
      return;
    }
    const measured = strength ?? level;
    const crossing: KeptCrossing = {
      gate,
      bootId,
      seq: journal.nextSeq(bootId),
      at,
      uncertainty: Math.min(Number.MAX_SAFE_INTEGER, edge.uncertainty + repeatability) as Micros,
      ...(measured === undefined ? {} : { strength: measured }),
      ...(transponder === undefined ? {} : { transponder }),
    };
    this.#written = journal.append(crossing, kept).then(
      () => {
        if (kept !== undefined) sensor.keep?.(bootId, kept);
        this.#send(crossing);
      },
      (error: unknown) => {
        // Better an unkept crossing than none; presence says that the gate cannot keep.
        log.error({ seq: crossing.seq, error: errorLine(error) }, 'a crossing could not be written to the journal');
        this.#send(crossing);
        this.#check();
      },
    );
  }

  #send(crossing: KeptCrossing): void {
    const message: Crossing = { ...crossing, journal: this.#options.journal.id, sessionId: this.#link.sessionId };
    const key = keyOf(crossing);
    const patience = Math.min(lastResend, 2 * (this.#sent.get(key)?.patience ?? firstResend / 2));
    if (this.#link.publish(topics.gate(crossing.gate, 'crossing'), message))
      this.#sent.set(key, { at: this.#options.clock.now(), patience });
    if (!this.#stopped) this.#resend ??= setInterval(() => this.#sendDue(), resendTickMs);
  }

  #sendAll(): void {
    this.#sent.clear();
    this.#sendDue();
  }

  #sendDue(): void {
    const { journal, clock } = this.#options;
    if (journal.waitingCount === 0) {
      clearInterval(this.#resend);
      this.#resend = undefined;
      return;
    }
    if (!this.#link.isUp) return;
    const now = clock.now();
    for (const crossing of journal.waiting) {
      const sent = this.#sent.get(keyOf(crossing));
      if (sent === undefined ? this.#sent.size < window : now - sent.at > sent.patience) this.#send(crossing);
    }
  }

  #onAck({ journal: of, bootId, seqs }: CrossingAck): void {
    const { journal } = this.#options;
    // Of another folder's crossings, on the same topic.
    if (of !== undefined && of !== journal.id) return;
    journal.acknowledge(bootId, seqs);
    for (const seq of seqs) this.#sent.delete(keyOf({ bootId, seq }));
    if (this.#sent.size < window / 2 && journal.waitingCount > this.#sent.size) this.#sendDue();
  }

  async #onSync({ message, receivedAt }: Incoming<GateSync>): Promise<void> {
    if (message.type === 'term') this.#term = laterTerm(this.#term, message.statement);
    if (message.type !== 'probe') return;
    const { gate, sensor, clock } = this.#options;
    if (this.#asker !== message.sessionId) {
      // A controller that has just come: it may have missed what was sent before.
      this.#asker = message.sessionId;
      this.#sendAll();
      const statement = this.#term;
      if (statement !== undefined) this.#link.publish(topics.gate(gate, 'sync'), { type: 'term', statement });
    }
    const times =
      sensor.probe === undefined
        ? { bootId: clock.bootId as BootId, receivedAt, answeredAt: clock.now() }
        : await sensor.probe();
    if (times === undefined) return;
    const { probeId, sessionId } = message;
    this.#link.publish(topics.gate(gate, 'sync'), { type: 'answer', probeId, sessionId, ...times }, { qos: 0 });
  }

  /** Health changes seldom; it goes out when it does, and what is waiting with it, not more often than once a check. */
  #check(): void {
    this.#options.journal.retry();
    this.#sensorStatus = this.#watch.status(this.#options.clock.now());
    const { waiting, ...health } = this.#health();
    const news = JSON.stringify({ ...health, waiting: waiting > 0, blind: Math.round(health.blind / 10_000_000) });
    if (news === this.#announced || !this.#link.isUp) return;
    this.#announced = news;
    this.#announce();
  }

  #health(): Pick<GatePresence, 'waiting' | 'sensor' | 'lost' | 'blind' | 'keeping' | 'wallClock' | 'battery'> {
    const { journal, clock } = this.#options;
    return {
      waiting: journal.waitingCount,
      sensor: this.#sensorStatus,
      lost: this.#lost,
      blind: this.#watch.blind(clock.now()),
      keeping: journal.isKeeping,
      ...(this.#wallClockSteps === undefined ? {} : { wallClock: { steps: this.#wallClockSteps } }),
      ...(this.#battery === undefined ? {} : { battery: { volts: this.#battery } }),
    };
  }

  #announce(): void {
    const topic = topics.gate(this.#options.gate, 'presence');
    this.#link.publish(topic, this.#presence('online', this.#link.envelope()), { retain: true });
  }

  #presence(status: GatePresence['status'], envelope: Envelope): GatePresence {
    const { profile, version, computer } = this.#options;
    return { ...envelope, status, version, profile, computer, ...this.#health() };
  }
}

const keyOf = ({ bootId, seq }: Pick<KeptCrossing, 'bootId' | 'seq'>): string => `${bootId}/${seq}`;
