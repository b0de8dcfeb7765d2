import { connect, type Socket } from 'node:net';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeskWorld, race, seconds } from '../../testing/desk-world.js';
import { giveInAnyCase } from '../race/index.js';
import { RaceMoments, RMonitorServer, TrackRecords } from './index.js';
import { placeRecords } from './rmonitor/records.js';

let world: DeskWorld;
beforeEach(async () => {
  world = await new DeskWorld().start();
  await world.openRace({
    name: 'Friday "night"',
    rules: { name: 'test', plausible: { min: seconds(3), max: seconds(60) } },
  });
  await world.enter('ben');
});
afterEach(async () => await world.stop());

/** What a program of others reads, line by line. */
class Client {
  readonly lines: string[] = [];
  readonly #socket: Socket;
  #rest = '';
  #heard: () => void = () => undefined;

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (this.#rest + text).split('\r\n');
      this.#rest = lines.pop() as string;
      this.lines.push(...lines);
      this.#heard();
    });
  }

  async until(wanted: string | RegExp): Promise<void> {
    while (!this.lines.some((line) => (typeof wanted === 'string' ? line === wanted : wanted.test(line))))
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
  }

  close(): void {
    this.#socket.destroy();
  }
}

describe('the feed of moments', () => {
  it('tells a run as its log has it, each moment once, from where one has read', async () => {
    const moments = new RaceMoments(world.desk, new TrackRecords(world.desk));
    const first = await moments.after(race, 0);
    expect(first).toEqual({ seq: (await world.state()).seq, record: null, moments: [] });
    await world.startRun();
    await world.laps(10.2, 9.8);
    const { seq, moments: told } = await moments.after(race, first.seq);
    expect(told.map(({ moment }) => moment.kind)).toEqual(['called', 'started', 'lap', 'lap']);
    expect(told.at(-1)).toMatchObject({ seq, moment: { lap: 2, time: seconds(9.8), best: 'race', by: seconds(0.4) } });
    expect(await moments.after(race, seq)).toEqual({ seq, record: null, moments: [] });
    // Whoever comes later hears the same.
    expect(await new RaceMoments(world.desk, new TrackRecords(world.desk)).after(race, 0)).toEqual({
      seq,
      record: null,
      moments: told,
    });
  });

  it('knows the record of the track that stood when the race opened', async () => {
    const records = new TrackRecords(world.desk);
    const drive = async (...laps: number[]) => {
      const id = await world.startRun();
      await world.laps(...laps);
      await world.give({ type: 'finish', runId: id });
      await world.give({ type: 'confirm', runId: id });
    };
    await drive(10.2, 9.8);
    expect(await records.before(race)).toBeNull();
    const later = 'later' as typeof race;
    const { setup } = await world.state();
    world.time.pass(seconds(5));
    await world.desk.create({ race: later, commandId: uuidv7(), setup }, 'mara');
    await giveInAnyCase(world.desk, later, { type: 'open' }, 'mara');
    // A better one that was driven afterwards is none that the later race began with.
    world.time.pass(seconds(5));
    await drive(9.1);
    const record = { time: seconds(9.8), alias: 'anna', race };
    expect(await records.before(later)).toEqual(record);
    expect((await new RaceMoments(world.desk, records).after(later, 0)).record).toEqual(record);
    const elsewhere = 'elsewhere' as typeof race;
    const turned = { ...setup, rules: { ...setup.rules, direction: 'clockwise' as const } };
    await world.desk.create({ race: elsewhere, commandId: uuidv7(), setup: turned }, 'mara');
    expect(await records.before(elsewhere)).toBeNull();
  });

  it('knows no race that there is not', async () => {
    await expect(
      new RaceMoments(world.desk, new TrackRecords(world.desk)).after('nothing' as never, 0),
    ).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('RMonitor', () => {
  let server: RMonitorServer;
  let port: number;
  beforeEach(async () => {
    const { desk, time } = world;
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    server = new RMonitorServer({ desk, clock: time.clock, epoch: time.epoch, host: '127.0.0.1', port: 0, log });
    port = await server.start();
  });
  afterEach(async () => await server.stop());

  it('tells who connects the whole race, then each lap, place and second, as recorded sessions of Orbits have it', async () => {
    const client = new Client(port);
    await client.until('$E,"TRACKNAME","oval"');
    expect(client.lines[0]).toMatch(/^\$I,"\d\d:\d\d:\d\d\.000","\d\d \w{3} \d\d"$/);
    expect(client.lines).toEqual(
      expect.arrayContaining([
        '$A,"1","1",0,"","anna","",1',
        '$COMP,"2","2",1,"","ben","",""',
        `$B,1,"Friday 'night'"`,
        `$C,1,"Friday 'night'"`,
        '$E,"TRACKLENGTH","0.000"',
        '$G,1,"1",0,"00:00:00.000"',
        '$H,2,"2",0,"00:00:00.000"',
      ]),
    );
    await world.startRun('ben');
    await world.laps(10.2, 9.8);
    await client.until('$H,1,"2",2,"00:00:09.800"');
    expect(client.lines.filter((line) => line.startsWith('$J'))).toEqual([
      '$J,"2","00:00:10.200","00:00:10.200"',
      '$J,"2","00:00:09.800","00:00:20.000"',
    ]);
    expect(client.lines).toContain('$G,1,"2",2,"00:00:20.000"');
    expect(client.lines).toContain('$G,2,"1",0,"00:00:00.000"');
    // Once a second: laps to go, time to go, time of day, time of the run, flag.
    await client.until(/^\$F,9999,"00:00:40","\d\d:\d\d:\d\d","00:00:20","Green "$/);
    client.close();
  });

  it('keeps the better run of a racer who drives a slower one', async () => {
    const first = await world.startRun('ben');
    await world.laps(10.2, 9.8);
    await world.give({ type: 'finish', runId: first });
    await world.give({ type: 'confirm', runId: first });
    await world.startRun('ben');
    await world.laps(11);
    const places = placeRecords(await world.state());
    expect(places).toContain('$G,1,"2",2,"00:00:20.000"\r\n');
    expect(places).toContain('$H,1,"2",2,"00:00:09.800"\r\n');
  });

  it('says that its port is taken, and lets no text end a line', async () => {
    const { desk, time } = world;
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const second = new RMonitorServer({ desk, clock: time.clock, epoch: time.epoch, host: '127.0.0.1', port, log });
    await expect(second.start()).rejects.toMatchObject({ code: 'port-in-use' });
    const client = new Client(port);
    await client.until('$E,"TRACKLENGTH","0.000"');
    for (const line of client.lines) expect(line).toMatch(/^\$[A-Z]+(,("[^"]*"|\d+))+$/);
    client.close();
  });
});
