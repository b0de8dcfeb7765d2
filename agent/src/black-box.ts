import type { CarProfile } from '@pitwall/firmware-config';
import { type BootId, PitwallError } from '@pitwall/protocol';
import type { RecorderAction } from '@pitwall/protocol/messages';
import type { AgentConfig } from './config.js';
import type { Witness } from './driving/index.js';
import { type Frame, now, openPictureEncoder, type Picture, type PictureEncoder } from './hardware/index.js';
import { type CommandAnswer, type Link, PreviewSender } from './link/index.js';
import { Recorder, Ring } from './recorder/index.js';
import { version } from './version.js';

export interface BlackBox {
  readonly witness: Witness;
  /** Undefined where the configuration wants none. */
  readonly recorder: Recorder | undefined;
  /** @throws PitwallError `command-refused`, `not-found` */
  command(action: RecorderAction): CommandAnswer | Promise<CommandAnswer>;
  stop(): Promise<void>;
}

/** What looks over the car's shoulder: the recorder, and the preview for whoever watches. */
export async function openBlackBox(
  { car, recorder: settings }: AgentConfig,
  profile: CarProfile,
  bootId: BootId,
  say: (line: string) => void,
  { link, drives }: { readonly link: () => Link | undefined; readonly drives: () => boolean },
): Promise<BlackBox> {
  const [quick, exact] = await Promise.all([openPictureEncoder('jpeg'), openPictureEncoder('png')]);
  if (quick.reason !== undefined) say(`Pictures of previews and recordings are PNG, not JPEG, because ${quick.reason}`);
  const picture = once(quick);
  const preview = new PreviewSender({ now, picture, send: (one) => link()?.publishPreview(one) ?? false });
  const megabyte = 2 ** 20;
  const ring = new Ring(settings.folder, car, {
    bytes: settings.size * megabyte,
    files: settings.files,
  });
  const recorder =
    settings.when === 'never'
      ? undefined
      : new Recorder({
          ring,
          fileBytes: settings.file * megabyte,
          now,
          wall: Date.now,
          picture: settings.pictures === 'png' ? once(exact) : picture,
          about: { car, profile: profile.name, version, bootId },
          report: say,
        });
  return {
    recorder,
    witness: {
      get watches() {
        return preview.asked || recorder?.state.state === 'recording';
      },
      looked: (look) => {
        recorder?.looked(look);
        preview.looked(look);
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
          return ring.list().then((recordings) => ({ recordings: recordings.slice(-500) }));
        case 'fetch-recording': {
          // Reading and sending takes of the time that driving needs.
          if (drives())
            throw new PitwallError('command-refused', 'The car drives; fetch its recordings when it stands.');
          const { name, from, bytes } = action;
          return ring.part(name, from, bytes).then(({ size, data }) => ({
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
