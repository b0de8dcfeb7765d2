import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StandIn } from './stand-in-camera.js';

const entry = fileURLToPath(
  new URL(
    import.meta.url.includes('/dist/') ? './stand-in-camera.js' : '../dist/hardware/stand-in-camera.js',
    import.meta.url,
  ),
);

/** A folder with programs that stand in for v4l2-ctl and rpicam-vid, and with the cameras that they find. */
export class StandInCameras {
  readonly folder = mkdtempSync(join(tmpdir(), 'pitwall-cameras-'));
  readonly #controls = join(this.folder, 'controls');

  constructor() {
    for (const program of ['v4l2-ctl', 'rpicam-vid']) {
      const path = join(this.folder, program);
      // Most cameras of the tests have no controls; they are refused quickly.
      const refuse = `case "$2" in --set-ctrl=*) [ -e '${this.#controls}' ] || exit 1;; esac`;
      writeFileSync(path, `#!/bin/sh\n${refuse}\nexec '${process.execPath}' '${entry}' ${program} "$@"\n`);
      chmodSync(path, 0o755);
    }
  }

  /** What a process needs to find them. */
  get env(): { readonly PATH: string; readonly PITWALL_STAND_IN_CAMERAS: string } {
    return { PATH: `${this.folder}${delimiter}${process.env.PATH}`, PITWALL_STAND_IN_CAMERAS: this.folder };
  }

  /** Plugs a camera in, or changes what it is like. @param name `video0` for V4L2, `camera0` for libcamera */
  plug(name: string, frame: Uint8Array, like: Omit<StandIn, 'frame'> = {}): string {
    const device = join(this.folder, name);
    const file = `${device}.bytes`;
    if (!existsSync(file) || !readFileSync(file).equals(frame)) writeFileSync(file, frame);
    writeFileSync(device, JSON.stringify({ frame: file, ...like } satisfies StandIn));
    return device;
  }

  /** From now on cameras may have controls; the file to which the ones that are set are added. */
  controls(): string {
    writeFileSync(this.#controls, '');
    return this.#controls;
  }

  unplug(name: string): void {
    rmSync(join(this.folder, name), { force: true });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
