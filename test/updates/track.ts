import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { CarOutcome, CarOverview, ErrorBody } from '@pitwall/protocol/api';
import type { CarAction } from '@pitwall/protocol/messages';
import type { Signer } from '../package/minisign.js';
import { Hall } from '../pages/hall.js';
import { layAgent, newSigner, type Packed, type Packing, packAgent } from './packed-agent.js';
import { UpdatedCar } from './updated-car.js';

type Said = Partial<CarOutcome> & Partial<ErrorBody>;

/** A real controller that knows whose versions to take, and a car with a packaged agent of version 0.1.0. */
export class UpdateTrack {
  readonly folder = mkdtempSync(join(tmpdir(), 'pitwall-updates-'));
  readonly signer: Signer = newSigner();
  readonly hall = new Hall('all', `releases:\n  key: ${this.signer.publicKey}\n`);
  readonly car = 'red';
  crew = '';
  #updated: UpdatedCar | undefined;

  async open(trial?: number): Promise<void> {
    const token = await this.hall.token('car', this.car);
    this.crew = await this.hall.token('crew', 'carla');
    this.hall.marshal = await this.hall.token('marshal', 'mara');
    this.hall.organizer = await this.hall.token('organizer', 'otto');
    await this.hall.start();
    this.#updated = new UpdatedCar({
      folder: join(this.folder, 'car'),
      car: this.car,
      token,
      mqtt: this.hall.mqtt,
      http: this.hall.url,
      key: this.signer.publicKey,
      packaged: layAgent(join(this.folder, 'packaged'), '0.1.0'),
      ...(trial === undefined ? {} : { trial }),
    });
  }

  get agent(): UpdatedCar {
    return this.#updated!;
  }

  async close(): Promise<void> {
    await this.#updated?.off();
    await this.hall.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  pack(version: string, packing: Packing = {}, by = this.signer): Packed {
    const folder = join(this.folder, `packed-${version}-${crypto.randomUUID()}`);
    mkdirSync(folder);
    return packAgent(folder, version, by, packing);
  }

  async upload({ archive, signature }: Packed): Promise<{ status: number; body: Said }> {
    const path = `/api/v1/releases?signature=${encodeURIComponent(signature)}`;
    return await this.#ask('POST', path, await readFile(archive), 'application/octet-stream');
  }

  async command(action: CarAction): Promise<{ status: number; body: Said }> {
    const body = Buffer.from(JSON.stringify({ action }));
    return await this.#ask('POST', `/api/v1/cars/${this.car}/commands`, body, 'application/json');
  }

  async about(): Promise<CarOverview | undefined> {
    const { cars } = (await (await fetch(`${this.hall.url}/api/v1/cars`)).json()) as { cars: CarOverview[] };
    return cars.find(({ car }) => car === this.car);
  }

  /** The car is there with this version, which has proven itself. */
  async drives(version: string, until = AbortSignal.timeout(90_000)): Promise<CarOverview> {
    for (;;) {
      const about = await this.about();
      const [, , proof = ''] = this.agent.chosen.split(' ');
      const isProven = ['', 'kept', 'returned'].includes(proof);
      const isHere = about?.presence?.status === 'online' && about.presence.version === version;
      if (isProven && isHere && about.state?.versions?.current === version) return about;
      if (until.aborted)
        throw new Error(`no ${version}: ${this.agent.chosen}, ${JSON.stringify(about)}\n${this.agent.output}`);
      await pause(50);
    }
  }

  /** By hand: this car carries no model. */
  async armed(): Promise<void> {
    const deadline = Date.now() + 30_000;
    for (;;) {
      const { body } = await this.command({ type: 'arm', manual: true });
      if (body.safety === 'armed') return;
      // Its outputs do not answer yet.
      if (Date.now() > deadline) throw new Error(JSON.stringify(body));
      await pause(100);
    }
  }

  /** Fetches and switches, as the page does. */
  async update(packed: Packed): Promise<void> {
    const { release } = packed;
    for (const action of [
      { type: 'stage-version', release },
      { type: 'switch-version', version: release.version },
    ] as const) {
      const { status, body } = await this.command(action);
      if (status !== 200) throw new Error(`${JSON.stringify(body)}\n${this.agent.output}`);
    }
  }

  async #ask(method: string, path: string, body: Buffer, type: string): Promise<{ status: number; body: Said }> {
    const headers = { 'content-type': type, authorization: `Bearer ${this.crew}` };
    const answer = await fetch(this.hall.url + path, { method, headers, body: new Uint8Array(body) });
    return { status: answer.status, body: (await answer.json()) as Said };
  }
}
