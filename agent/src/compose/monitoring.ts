import type { CarProfile } from '@pitwall/firmware-config';
import { type BootId, PitwallError } from '@pitwall/protocol';
import type { RecorderAction } from '@pitwall/protocol/messages';
import { now } from '@pitwall/runtime';
import { type AgentConfig, version } from '../config/index.js';
import type { DriveMonitor } from '../driving/index.js';
import { type Frame, openPictureEncoder, type Picture, type PictureEncoder } from '../hardware/index.js';
import { type CommandAnswer, PreviewSender } from '../link/index.js';
import { Recorder, RecordingFolder } from '../recorder/index.js';
import type { TrackLink } from './track-link.js';

export interface Monitoring {
  readonly monitor: DriveMonitor;
  /** Undefined where the configuration wants none. */
  readonly recorder: Recorder | undefined;
  /** @throws PitwallError `command-refused`, `not-found` */
  command(action: RecorderAction): CommandAnswer | Promise<CommandAnswer>;
  stop(): Promise<void>;
}

/** What follows the driving and never holds it up: the recorder, and the preview for whoever watches. */
export async function openMonitoring(
  { car, recorder: settings }: AgentConfig,
  profile: CarProfile,
  bootId: BootId,
  { link, say }: { readonly link: TrackLink; readonly say: (line: string) => void },
): Promise<Monitoring> {
  const [quick, exact] = await Promise.all([openPictureEncoder('jpeg'), openPictureEncoder('png')]);
  if (quick.reason !== undefined) say(`Pictures of previews and recordings are PNG, not JPEG, because ${quick.reason}`);
  const picture = once(quick);
  const preview = new PreviewSender({ now, picture, send: (one) => link.publishPreview(one) });
  const megabyte = 2 ** 20;
  const folder = new RecordingFolder(settings.folder, car, {
    bytes: settings.size * megabyte,
    files: settings.files,
  });
  const recorder =
    settings.when === 'never'
      ? undefined
      : new Recorder({
          ring: folder,
          fileBytes: settings.file * megabyte,
          now,
          wall: Date.now,
          picture: settings.pictures === 'png' ? once(exact) : picture,
          about: { car, profile: profile.name, version, bootId },
          report: say,
        });
  return {
    recorder,
    monitor: {
      get wantsFrames() {
        return preview.asked || recorder?.state.state === 'recording';
      },
      processed: (frame) => {
        recorder?.processed(frame);
        preview.processed(frame);
      },
      sent: (outputs, deadline) => recorder?.sent(outputs, deadline),
      noticed: (reason) => recorder?.noticed(reason),
    },
    command: (action) => {
      switch (action.type) {
        case 'preview':
          return void preview.ask(action.rate, action.seconds);
        case 'record':
          if (recorder === undefined) {
            throw new PitwallError(
              'command-refused',
              'This car records nothing: its configuration says recorder.when: never.',
            );
          }
          return void recorder.record(action.on);
        case 'list-recordings':
          return folder.list().then((recordings) => ({ recordings: recordings.slice(-500), wallClock: Date.now() }));
        case 'fetch-recording': {
          const { name, from, bytes } = action;
          return folder.part(name, from, bytes).then(({ size, data }) => ({
            part: { name, from, size, data: Buffer.from(data).toString('base64') },
          }));
        }
      }
    },
    stop: async () => {
      // A disk that hangs must not hold up the end.
      const late = new Promise((resolve) => setTimeout(resolve, 1000).unref());
      await Promise.race([recorder?.stop(), late]);
      quick.close();
    },
  };
}

/** Recorder and preview want the same plane as a picture, one after the other: it is made once. */
function once(encoder: PictureEncoder): (plane: Uint8Array, frame: Frame) => Picture {
  const made = new WeakMap<Frame, Picture>();
  return (plane, frame) => {
    const picture = made.get(frame) ?? encoder.encode(plane);
    made.set(frame, picture);
    return picture;
  };
}
