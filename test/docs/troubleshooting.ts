import { type ErrorCode, errorCodes } from '@pitwall/protocol';

/** What somebody sees, why, and what they do; `codes`: errors whose lines begin so. */
interface Symptom {
  readonly sees: string;
  readonly why: string;
  readonly todo: string;
  readonly codes?: readonly ErrorCode[];
}

/** By where it is seen. Each error code has its row: a test looks. */
export const symptoms: Readonly<Record<string, readonly Symptom[]>> = {
  'The car does not drive': [
    {
      sees: 'The car is not on *Cars*',
      why: 'It did not join, its agent does not run, or it is in another Wi-Fi',
      todo: 'On the car: `systemctl status pitwall-agent`, then `pitwall-agent doctor`; join it with a new code ([network](network.md#cars-and-gates-join))',
      codes: ['join-failed', 'link-insecure'],
    },
    {
      sees: '*Ready* lists something, or arming is refused',
      why: 'A model, fresh pictures, outputs or a calibration is missing; the message names it',
      todo: 'Do what the message says; `pitwall-agent doctor` looks closer ([what arming needs](driving.md#states))',
      codes: ['arming-refused', 'outputs-lost', 'frame-invalid', 'observation-invalid'],
    },
    {
      sees: 'It stands, with a reason under the clock',
      why: 'Whatever stops a car stays until a person clears it',
      todo: 'Look at the car, put it where it belongs, hands off, *Clear* (K). A fault that is still there must go first',
      codes: ['fault-active'],
    },
    {
      sees: 'A command is answered “refused”, “expired” or “repeated”',
      why: 'The car is in a state where it means nothing, or the command waited in a bad network; an old command never moves a car',
      todo: 'Look at the car’s state on the page and press again',
      codes: ['command-refused', 'command-expired', 'command-out-of-order', 'command-repeated'],
    },
    {
      sees: 'No answer from the car',
      why: 'Wi-Fi, or its agent hangs; a car that hears nothing of its track stops by itself after `link.after`',
      todo: 'Stop it by hand if it moves. Then `journalctl -u pitwall-agent -e` on the car',
      codes: ['car-silent'],
    },
    {
      sees: 'It steers wrongly, or drives slowly',
      why: 'Calibration, or the throttle that its crew left it (30 % at first)',
      todo: 'Calibrate ([car](car.md#calibrate)), raise `driving.scale` on the car’s page step by step',
      codes: ['calibration-invalid'],
    },
    {
      sees: 'The agent ends with the name of a field',
      why: 'Its configuration or profile has a wrong value',
      todo: 'Correct that field; `pitwall-agent profile lint FILE` names all of a profile’s',
      codes: ['config-invalid', 'profile-invalid'],
    },
  ],
  'The gate does not count': [
    {
      sees: 'A gate is yellow or red on the desk, two notes every 5 s',
      why: 'Its sensor is gone, covered or dirty, or its computer is not heard',
      todo: 'Time with Space meanwhile. `pitwall gate check --profile NAME` at the gate shows what it sees ([gates](gates.md))',
    },
    {
      sees: 'The gate ends at its start',
      why: 'The folder in which it keeps crossings cannot be written, or the kernel’s boot id cannot be read',
      todo: 'Give the folder to the gate’s user; a container needs `/proc`',
      codes: ['journal-unavailable', 'clock-unreadable'],
    },
    {
      sees: 'Laps are half or double',
      why: 'The hold-off is too short for the car’s two axles, or the gate missed the car',
      todo: '*Timing* in the race’s setup; J, M and I repair laps ([marshal](marshal.md#laps-in-doubt))',
    },
    {
      sees: '`listen-refused` at the start of the broker or a bridge',
      why: 'Beyond this machine nothing is spoken without TLS',
      todo: 'Leave out what turns TLS off, or say `--insecure` and know what that means ([security](security.md))',
      codes: ['listen-refused'],
    },
  ],
  'The race page refuses': [
    {
      sees: '“Not done: the race changed”',
      why: 'Another marshal, or a crossing, was quicker',
      todo: 'Look at what changed, then press again',
      codes: ['race-conflict', 'event-conflict'],
    },
    {
      sees: 'A step is refused with a sentence',
      why: 'The race, run or event does not allow it as it stands; the sentence says what is missing',
      todo: 'Do that first. What is allowed when: [states](states.md)',
      codes: ['race-refused', 'race-closed', 'event-refused', 'board-frozen'],
    },
    {
      sees: 'Confirming asks about laps in doubt',
      why: 'They would change the result',
      todo: 'V: it counts, N: it does not, J: read the crossings the other way',
      codes: ['doubts-open'],
    },
    {
      sees: 'The name exists already',
      why: 'Ids and aliases are one each; those that look alike are the same',
      todo: 'Choose another',
      codes: ['race-exists', 'event-exists', 'board-exists', 'track-exists', 'alias-taken', 'email-taken'],
    },
    {
      sees: '*The controller cannot write to its disk*',
      why: 'The disk is full or failing',
      todo: 'Make room (old backups, recordings). Crossings are held meanwhile; nothing is confirmed',
      codes: ['store-unavailable', 'output-failed'],
    },
  ],
  'Somebody cannot get in': [
    {
      sees: 'Name and password do not belong together',
      why: 'A typing error, or a new password since',
      todo: 'An organizer makes a link on *People and tokens*, good once',
      codes: ['sign-in-refused', 'passphrase-refused'],
    },
    {
      sees: 'A passkey is not taken, or none can be made',
      why: 'Passkeys want HTTPS that the device trusts, or the controller’s own computer, and belong to the address at which they were made',
      todo: 'Trust the controller first (`/trust`), use the same address, or sign in by password',
      codes: ['passkey-refused'],
    },
    {
      sees: 'The provider’s button leads nowhere, or back with a sentence',
      why: 'The provider does not answer from here, does not say who somebody is, or the other account uses that login',
      todo: 'Look at the controller’s network and its configuration ([people](people.md)); sign in by password meanwhile',
      codes: ['provider-refused', 'login-taken'],
    },
    {
      sees: 'Wait, too many tries or requests',
      why: 'Wrong passwords for that account, or wrong passwords, codes or tokens from that address; or a page or program that asks too much ([limits](limits.md))',
      todo: 'Wait as long as it says; a device that was signed in before is not held up',
      codes: ['too-many-tries', 'too-many-requests', 'request-refused'],
    },
    {
      sees: 'A link or code is not taken',
      why: 'It is good once and for a time, or a newer one replaced it',
      todo: 'Make a new one: *Cars* for machines, *People and tokens* for people, restart for the first administrator',
      codes: ['link-used', 'join-refused'],
    },
    {
      sees: '401 or 403 from the API',
      why: 'No token, a revoked one, or a role that may not',
      todo: '[Roles](roles.md) says who may; `pitwall token issue --role ROLE --name NAME`',
      codes: ['access-unknown', 'access-denied', 'request-cross-site'],
    },
    {
      sees: 'The last administrator cannot be changed',
      why: 'Nobody could let anybody in again',
      todo: 'Make somebody else an administrator first',
      codes: ['last-administrator'],
    },
    {
      sees: 'A phone warns of the certificate',
      why: 'It does not know this controller yet',
      todo: 'Open `/trust`, compare the fingerprint with the terminal’s, install it; or use the hall’s plain door ([network](network.md#trust))',
    },
  ],
  'A model is not taken': [
    {
      sees: 'The archive is refused',
      why: 'It is broken, too large, or no model archive of DeepRacer’s kind',
      todo: 'Send the `.tar.gz` as training made it, or `model_metadata.json` beside the network ([models](models.md))',
      codes: ['archive-invalid', 'archive-too-large', 'metadata-invalid', 'checkpoint-unknown'],
    },
    {
      sees: 'The network is refused',
      why: 'It does not fit its metadata, is too large for a car, or uses an operation that is not supported; what an output means is never guessed',
      todo: '`pitwall-agent model inspect FILE` says what it is and what to watch out for',
      codes: ['graph-invalid', 'graph-too-large', 'graph-unsupported', 'output-invalid'],
    },
    {
      sees: 'No room for models',
      why: 'The car’s or the racer’s share is used up',
      todo: 'Delete some on the car’s page, or under *Your account*',
      codes: ['models-full'],
    },
    {
      sees: 'The car does not get the model',
      why: 'It cannot reach the controller’s pages, or does not know its certificate',
      todo: 'Look at `link.http` and `link.ca` of the car, and at the ports in [network](network.md#ports)',
      codes: ['download-failed'],
    },
    {
      sees: 'A picture for the camera or a sponsor is refused',
      why: 'It is no PNG, JPEG or WebP by its bytes',
      todo: 'Save it anew as one of these',
      codes: ['picture-invalid'],
    },
  ],
  'An online race': [
    {
      sees: 'A submission is refused',
      why: 'The racer’s quota is used up',
      todo: 'The organizer raises it, or it stays so',
      codes: ['quota-reached'],
    },
    {
      sees: 'A submission failed',
      why: 'The network needs more time, memory or disk than it is given, or brought its process down each time',
      todo: 'The racer’s page says which; a smaller network is the cure. No place for the evaluator: see its log',
      codes: ['evaluation-limit', 'evaluation-crashed', 'evaluation-empty'],
    },
    {
      sees: 'A track or a simulator’s log is refused',
      why: 'It breaks the building rules, or a row of it cannot be read',
      todo: 'The message names the place, row and column',
      codes: ['track-invalid', 'simtrace-invalid'],
    },
  ],
  'Results and files': [
    {
      sees: 'Results do not arrive at the other leaderboard',
      why: 'It is away, does not know this controller’s key, or has the result with other content',
      todo: '`pitwall outbox list` says which; results wait and go out by themselves when it is back',
      codes: ['signature-invalid', 'key-conflict', 'result-conflict'],
    },
    {
      sees: 'A racer’s card or provisional racer cannot be joined',
      why: 'It was changed, is signed by an unknown key, or was merged already',
      todo: 'The card is made anew where it came from',
      codes: ['card-invalid', 'racer-merged'],
    },
    {
      sees: 'A log, recording or backup is refused',
      why: 'It was cut short or changed',
      todo: 'Copy it again; `pitwall race verify` and `pitwall-agent recording info` say how much of it is whole',
      codes: ['log-invalid', 'recording-invalid', 'backup-invalid'],
    },
    {
      sees: 'A backup cannot be made or put back',
      why: 'Disk, database programs, or a folder that is not empty',
      todo: 'See the message; restore into a new folder ([backup](backup.md))',
      codes: ['backup-failed', 'folder-used'],
    },
    {
      sees: 'A standby cannot follow or be promoted',
      why: 'Another Pitwall, PostgreSQL, a folder that has a controller, or no connection',
      todo: 'The message says which; what a standby needs: [backup](backup.md#a-standby)',
      codes: ['standby-refused', 'standby-unreachable'],
    },
    {
      sees: 'A controller ends, or does not start, because its standby was promoted',
      why: 'Somebody ran `pitwall promote`: the standby is the controller',
      todo: 'Go on there; this machine may stand by in an empty folder ([backup](backup.md#a-standby))',
      codes: ['controller-superseded'],
    },
    {
      sees: 'A message, body or file has the wrong shape, or is not there',
      why: 'Another program sent it, or the address is mistyped',
      todo: 'The message names the field; shapes: [HTTP](api/openapi.json), [MQTT](api/asyncapi.json)',
      codes: ['message-invalid', 'not-found'],
    },
  ],
  'Installing and starting': [
    {
      sees: '`install-…`',
      why: 'This computer cannot take this package, or something broke off',
      todo: 'Nothing was left half done: [what can go wrong](install.md#what-can-go-wrong)',
      codes: ['install-refused', 'install-failed', 'install-damaged'],
    },
    {
      sees: 'The port is in use',
      why: 'Another controller, or another program, listens there',
      todo: '`ss -ltnp` names it; or start with `--next-free`',
      codes: ['port-in-use'],
    },
    {
      sees: 'The demo’s car stops again and again',
      why: 'The computer is too busy to drive in real time',
      todo: 'End other programs; a Raspberry Pi 4 is enough',
      codes: ['demo-car-stops'],
    },
    {
      sees: 'A part ended by itself, or `internal-error`',
      why: 'A defect, or the system ended it (memory)',
      todo: 'The supervisor starts it again. `journalctl -u pitwall-controller -e` (or `pitwall-agent`) has the details: report it with them',
      codes: ['process-ended', 'internal-error'],
    },
  ],
};

/** What `pitwall-agent doctor` finds, by its checks, and what it says to do: its own sentences, which a test compares. */
export const findings: Readonly<Record<string, readonly (readonly [finds: string, todo: string])[]>> = {
  'motor and steering': [
    ['no PWM in the kernel', 'Load the PWM driver of this board (dtoverlay, pwm-lpss).'],
    ['the chip does not answer', 'Check its wiring and power; i2cdetect -y shows what answers.'],
    ['no serial port', 'Plug the board in, and check the profile’s drivetrain.port.'],
    ['this user may not write', 'Install the udev rules, and put the user into the groups gpio and dialout.'],
    ['the outputs cannot be opened', 'Check the profile’s drivetrain.'],
    ['the sweep was ended', 'Release it, and sweep again.'],
  ],
  calibration: [['it was never calibrated', 'Lift it and run: pitwall-agent calibrate --config FILE']],
  camera: [
    ['not there', 'Check its cable, power and the profile.'],
    ['no frames', 'It is there and sends nothing: does another program use it?'],
    ['too few frames', 'Give it more light, a shorter exposure or a raw format.'],
    ['old frames', 'Frames are old: choose a raw format or a cropped sensor mode.'],
    ['pictures from files were over', 'Its pictures were over at once: give it more than one, or loop: true.'],
    [
      'pictures from files are slow',
      'Reading a picture takes too long: use smaller ones, a lower rate or a faster disk.',
    ],
    ['pictures from files are old', 'Reading a picture takes too long: use smaller ones, or a faster disk.'],
    ['files were left out', 'Delete the files that are no pictures, or copy them again.'],
  ],
  IMU: [
    ['no samples', 'It is there and says nothing: check its driver.'],
    ['up is down', 'It hangs upside down: correct imu.mounting in the profile.'],
    ['up is aside', 'Up is elsewhere: stand the car level, or correct imu.mounting.'],
    ['not 1 g, or it turns', 'It is not at rest, or not calibrated: let it stand still.'],
    ['with --tilt: nothing', 'Check its driver.'],
    ['with --tilt: not held so', 'Run it again, and hold the car still.'],
  ],
  lidar: [
    ['it does not turn', 'It answers and does not turn: check its motor and power.'],
    ['few echoes', 'It sees little: clean it, and check lidar.quality.'],
  ],
  battery: [
    ['no reading', 'It answers and tells nothing: check its chip.'],
    ['low', 'Charge it.'],
  ],
  temperature: [
    ['too hot', 'Let it cool down; check fan and heat sink.'],
    ['nearly too hot', 'It will be hotter when it drives: check fan and heat sink.'],
  ],
  disk: [
    ['not writable', 'Give it to the agent’s user, or name another folder.'],
    ['full', 'Delete models and recordings, or move the folder to a larger disk.'],
    ['filling', 'Delete models and recordings before a race day.'],
  ],
  videos: [['no ffmpeg, or one without libx264', 'For `pitwall-agent recording video`: sudo apt install ffmpeg.']],
  model: [['it decides otherwise than when it was staged', 'Delete it from the car and stage it again.']],
  link: [
    ['a slow answer', 'Bring the car nearer to the access point, or choose another channel.'],
    ['no answer', 'Check the Wi-Fi, link.url, and that the controller runs and listens there.'],
  ],
  any: [['something else', 'This was not foreseen; report it with what `pitwall-agent doctor --json` prints.']],
};

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** docs/troubleshooting.md. */
export const troubleshootingPage = (): string =>
  [
    '# Troubleshooting',
    '',
    'What you see, why, and what to do. Every error of Pitwall begins with a code such as `port-in-use`, and its own message is more exact',
    'than this page. A car that does anything that it should not: stop it first (E on the desk, F9, *Stop all cars*, or by hand).',
    '',
    ...Object.entries(symptoms).flatMap(([where, rows]) => [
      `## ${where}`,
      '',
      '| you see | why | what to do |',
      '|---|---|---|',
      ...rows.map(({ sees, why, todo, codes = [] }) => {
        const named = codes.map((code) => `\`${code}\``).join(', ');
        return `| ${cell(sees)}${named === '' ? '' : ` (${named})`} | ${cell(why)} | ${cell(todo)} |`;
      }),
      '',
    ]),
    '## What the doctor finds',
    '',
    '`sudo pitwall-agent doctor --config /etc/pitwall/agent.yaml` examines a car (the agent itself must not run meanwhile); its last line says what to do next.',
    '',
    '| check | finds | says to do |',
    '|---|---|---|',
    ...Object.entries(findings).flatMap(([check, rows]) =>
      rows.map(([finds, todo]) => `| ${check} | ${cell(finds)} | ${cell(todo)} |`),
    ),
    '',
    '## What each code means',
    '',
    `All ${Object.keys(errorCodes).length} of them: [errors](errors.md).`,
    '',
  ].join('\n');
