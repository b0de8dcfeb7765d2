import { readFileSync } from 'node:fs';
import { CarId, GateId } from '@pitwall/protocol';
import { CarCommand, type SafetyState, topics } from '@pitwall/protocol/messages';
import mqtt, { type MqttClient } from 'mqtt';

/** CLOCK_MONOTONIC and the name of its life, as every process of this machine has them. */
const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
export const now = (): number => Number(process.hrtime.bigint() / 1000n);

/** A client of the broker as a device is one: it says that it is there whenever it comes back. */
class Device {
  protected readonly client: MqttClient;
  readonly #sessionId = crypto.randomUUID();
  #seq = 0;

  constructor(url: string, username: string, password: string) {
    this.client = mqtt.connect(url, { clientId: username, username, password, reconnectPeriod: 100 });
    this.client.on('error', () => undefined);
  }

  protected envelope() {
    return { sessionId: this.#sessionId, seq: this.#seq++, bootId, at: now() };
  }

  protected say(topic: string, message: object, retain = false): void {
    this.client.publish(topic, JSON.stringify(message), { qos: retain ? 1 : 0, retain });
  }

  async stop(): Promise<void> {
    await this.client.endAsync(true);
  }
}

/** A gate that sees what the test says, and keeps each crossing until it is acknowledged. */
export class HandGate extends Device {
  readonly id: GateId;
  readonly #waiting = new Map<number, object>();
  #sensor = 'ok';
  #crossing = 0;
  #acknowledged = (): void => {};

  constructor(url: string, id: string, token: string) {
    super(url, `gate:${id}`, token);
    this.id = GateId.parse(id);
    this.client.on('connect', () => {
      this.client.subscribe([topics.gate(this.id, 'ack'), topics.gate(this.id, 'sync')], { qos: 1 }, () =>
        this.#tellPresence(),
      );
    });
    this.client.on('message', (topic, payload) => this.#hear(topic, JSON.parse(payload.toString())));
  }

  /** What its sensor does from here on. */
  become(sensor: 'ok' | 'gone' | 'stuck'): void {
    this.#sensor = sensor;
    this.#tellPresence();
  }

  #tellPresence(): void {
    const presence = { status: 'online', version: '0', profile: 'by-hand', waiting: this.#waiting.size };
    const seen = { sensor: this.#sensor, lost: 0, blind: 0 };
    this.say(topics.gate(this.id, 'presence'), { ...this.envelope(), ...presence, ...seen }, true);
  }

  /** A car crosses the line, now or a while ago. Resolves when the controller has it on disk. */
  async cross(at = now()): Promise<void> {
    const seq = this.#crossing++;
    const crossing = { gate: this.id, bootId, seq, at, uncertainty: 40, sessionId: crypto.randomUUID() };
    this.#waiting.set(seq, crossing);
    const kept = this.allKept();
    if (this.client.connected) this.#send(crossing);
    await kept;
  }

  /** A car crosses the line while nobody may be there to hear of it. */
  crossUnheard(): void {
    void this.cross();
  }

  /** Resolves when nothing waits for an acknowledgement. */
  allKept(): Promise<void> {
    return new Promise((resolve) => {
      const before = this.#acknowledged;
      this.#acknowledged = () => {
        before();
        if (this.#waiting.size === 0) resolve();
      };
    });
  }

  #send(crossing: object): void {
    this.client.publish(topics.gate(this.id, 'crossing'), JSON.stringify(crossing), { qos: 1 });
  }

  #hear(topic: string, message: Record<string, unknown>): void {
    if (topic.endsWith('/ack')) {
      for (const seq of message.seqs as number[]) this.#waiting.delete(seq);
      this.#acknowledged();
    } else if (message.type === 'probe') {
      const { probeId, sessionId } = message;
      const at = now();
      const answer = { type: 'answer', probeId, sessionId, bootId, receivedAt: at, answeredAt: now() };
      this.say(topics.gate(this.id, 'sync'), answer);
      // Who probes is there to hear; what was sent before may have had no listener.
      for (const crossing of this.#waiting.values()) this.#send(crossing);
    }
  }
}

/** A PNG of one pixel. */
const onePixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==';

/** A car that does what it is told, and says where it is on a line that it is given. */
export class HandCar extends Device {
  readonly id: CarId;
  readonly model: { readonly hash: string; readonly name: string };
  #safety: SafetyState = 'disarmed';
  #reason: string | null = null;
  #runSpeed = 100;
  #watched = false;
  /** What it does with orders from here on: a `silent` one hears nothing. */
  obeys: 'done' | 'refused' | 'silent' = 'done';
  /** What is said of it when it is asked whether it could be armed, and somebody has to accept. */
  warnings: string[] = [];

  constructor(url: string, id: string, token: string, model: HandCar['model']) {
    super(url, `car:${id}`, token);
    this.id = CarId.parse(id);
    this.model = model;
    this.client.on('connect', () => {
      this.client.subscribe(topics.car(this.id, 'command'), { qos: 1 }, () => {
        const presence = { status: 'online', version: '0', profile: 'by-hand', model };
        this.say(topics.car(this.id, 'presence'), { ...this.envelope(), ...presence }, true);
        this.#tellState();
      });
    });
    this.client.on('message', (_topic, payload) => {
      const { commandId, action } = CarCommand.parse(JSON.parse(payload.toString()));
      if (this.obeys === 'silent') return;
      if (this.obeys === 'refused') return this.#refuse(commandId);
      if (action.type === 'preview') this.#show(action.rate > 0);
      const become: Partial<Record<typeof action.type, SafetyState>> = {
        arm: 'armed',
        start: 'driving',
        resume: 'driving',
        stop: 'stopped',
        'e-stop': 'faulted',
        clear: 'stopped',
      };
      this.#safety = become[action.type] ?? this.#safety;
      if (action.type === 'run-speed') this.#runSpeed = action.percent;
      this.#reason = this.#safety === 'faulted' ? 'e-stop' : null;
      const missing = this.#safety === 'faulted' ? ['emergency stop (clear it)'] : [];
      const armable = { ok: missing.length === 0, missing, warnings: this.warnings };
      const answer = action.type === 'check' ? { armable } : {};
      const reply = { ...this.envelope(), commandId, outcome: 'done', safety: this.#safety, ...answer };
      this.client.publish(topics.car(this.id, 'reply'), JSON.stringify(reply), { qos: 1 });
      this.#tellState();
    });
  }

  /** It says goodbye. */
  leave(): void {
    const presence = { status: 'offline', version: '0', profile: 'by-hand', model: this.model };
    this.say(topics.car(this.id, 'presence'), { ...this.envelope(), ...presence }, true);
  }

  /** It stops by itself. */
  fault(reason: string): void {
    this.#safety = 'faulted';
    this.#reason = reason;
    this.#tellState();
  }

  #refuse(commandId: string): void {
    const why = { code: 'command-refused', message: 'The car is not ready: motor and steering do not answer.' };
    const reply = { ...this.envelope(), commandId, outcome: 'refused', ...why, safety: this.#safety };
    this.client.publish(topics.car(this.id, 'reply'), JSON.stringify(reply), { qos: 1 });
  }

  /** Somebody wants its pictures. */
  get watched(): boolean {
    return this.#watched;
  }

  #show(watched: boolean): void {
    this.#watched = watched;
    if (!watched) return;
    const seen = { taken: now(), picture: onePixel, format: 'png', output: [0.25, 0.75] };
    const action = { steeringDeg: 12.5, speedMps: 1.5, index: 1 };
    this.say(topics.car(this.id, 'preview'), { ...this.envelope(), ...seen, action });
  }

  get safety(): SafetyState {
    return this.#safety;
  }

  /** Where it is now; metres and radians. */
  tellPose(x: number, y: number, yaw: number): void {
    const none = { p50: 0, p99: 0 };
    this.say(topics.car(this.id, 'telemetry'), {
      ...this.envelope(),
      framesPerSecond: 30,
      droppedFrames: 0,
      latency: { age: none, decode: none, inference: none, act: none },
      action: { steeringDeg: 0, speedMps: 1 },
      pose: { x, y, yaw },
    });
  }

  #tellState(): void {
    const all = { manual: false, flag: 'green', throttleScale: 100, throttleScaleNow: 100, runSpeed: this.#runSpeed };
    const state = { safety: this.#safety, reason: this.#reason, model: this.model, ...all };
    this.say(topics.car(this.id, 'state'), { ...this.envelope(), ...state }, true);
  }
}
