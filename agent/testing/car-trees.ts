import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Trees of cars' computers as an installer finds them: the files that it reads and changes. Sources: aws-deepracer-community/deepracer-custom-car
 * (04d56bc: `deepracer-core.service`, its postinst enables it, rc.local, `install-prerequisites.sh` appends to config.txt), the accounts of
 * Debian's base-passwd and Raspberry Pi OS, settings of Raspberry Pi OS's config.txt (RPi-Distro/pi-gen, stage1), os-release of each system.
 */
export type CarTree = Readonly<
  Record<string, string | { readonly link: string } | { readonly text: string; readonly mode: number }>
>;

const elf = (machine: number) => {
  const header = Buffer.alloc(20);
  header.write('\x7fELF', 'latin1');
  header.writeUInt16LE(machine, 18);
  return header.toString('latin1');
};
const x64 = elf(0x3e);
const arm64 = elf(0xb7);

const accounts = (user: string, groups: string): CarTree => ({
  '/etc/passwd': `root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nsystemd-network:x:998:998:systemd Network Management:/:/usr/sbin/nologin\n${user}:x:1000:1000:,,,:/home/${user}:/bin/bash\n`,
  '/etc/group': `root:x:0:\ndaemon:x:1:\ndialout:x:20:${user}\nvideo:x:44:${user}\nsystemd-network:x:998:\n${groups}${user}:x:1000:\n`,
  '/etc/shadow': {
    text: `root:*:19700:0:99999:7:::\ndaemon:*:19700:0:99999:7:::\nsystemd-network:!*:19700::::::\n${user}:$6$salt$hash:19700:0:99999:7:::\n`,
    mode: 0o640,
  },
  '/etc/gshadow': {
    text: `root:*::\ndaemon:*::\ndialout:*::${user}\nvideo:*::${user}\nsystemd-network:!*::\n${groups.replace(/^([\w-]+):x:\d+:(.*)$/gm, '$1:!::$2')}${user}:!::\n`,
    mode: 0o640,
  },
});

const system = (shell: string): CarTree => ({
  '/usr/bin/dash': shell,
  '/usr/bin/sh': { link: 'dash' },
  '/bin': { link: 'usr/bin' },
  '/usr/lib/systemd/systemd': { text: shell, mode: 0o755 },
  '/lib': { link: 'usr/lib' },
  '/etc/udev/rules.d/README': '',
  '/etc/modules-load.d/modules.conf': { link: '../modules' },
  '/etc/modules': '# /etc/modules\n',
  '/etc/systemd/system/multi-user.target.wants/ssh.service': { link: '/lib/systemd/system/ssh.service' },
  '/var/lib/misc/empty': '',
  '/media/keep': '',
  '/opt/keep': '',
});

const ubuntu = (version: string, name: string) =>
  `NAME="Ubuntu"\nVERSION="${version} LTS (${name})"\nID=ubuntu\nID_LIKE=debian\nPRETTY_NAME="Ubuntu ${version} LTS"\nVERSION_ID="${version}"\n`;

const calibration =
  '{"Calibration":{"Servo":{"min":1210000,"mid":1440000,"max":1680000,"polarity":1},"Motor":{"min":1311000,"mid":1446000,"max":1603500,"polarity":-1},"version":1}}';

/** The car's own software, run as root at every start. */
const stockSoftware: CarTree = {
  '/opt/aws/deepracer/calibration.json': calibration,
  '/opt/aws/deepracer/start_ros.sh': { text: '#!/usr/bin/env bash\n', mode: 0o755 },
  '/etc/systemd/system/deepracer-core.service':
    '[Unit]\nDescription=AWS DeepRacer core service\nBefore=nginx.service\nAfter=network.target\n\n[Service]\nUser=root\nExecStart=/opt/aws/deepracer/start_ros.sh\nRestart=on-failure\n\n[Install]\nWantedBy=multi-user.target\n',
  '/etc/systemd/system/multi-user.target.wants/deepracer-core.service': {
    link: '/etc/systemd/system/deepracer-core.service',
  },
};

const dmi: CarTree = { '/sys/class/dmi/id/sys_vendor': 'Intel\n', '/sys/class/dmi/id/product_name': 'DeepRacer\n' };
const usbCamera = (port: number): CarTree => ({
  [`/dev/v4l/by-path/pci-0000:00:15.0-usb-0:${port}:1.0-video-index0`]: { link: `../../video${2 * port}` },
  [`/dev/v4l/by-path/pci-0000:00:15.0-usb-0:${port}:1.0-video-index1`]: { link: `../../video${2 * port + 1}` },
});

const piOs = (version: string, codename: string) =>
  `PRETTY_NAME="Debian GNU/Linux ${version} (${codename})"\nNAME="Debian GNU/Linux"\nVERSION_ID="${version}"\nVERSION_CODENAME=${codename}\nID=debian\n`;
const piGroups = 'input:x:995:pi\ngpio:x:986:pi\ni2c:x:994:pi\n';
const piConfig =
  '#dtparam=i2c_arm=on\n#dtparam=spi=on\ndtparam=audio=on\ncamera_auto_detect=1\ndtoverlay=vc4-kms-v3d\nmax_framebuffers=2\narm_64bit=1\narm_boost=1\n\n[cm4]\notg_mode=1\n\n[cm5]\ndtoverlay=dwc2,dr_mode=host\n\n[all]\n';

/** Every computer that is known, by what it is. */
export const carTrees: Readonly<Record<string, CarTree>> = {
  'stock DeepRacer': {
    ...system(x64),
    ...accounts('deepracer', 'input:x:106:\ni2c:x:112:\n'),
    ...stockSoftware,
    ...dmi,
    ...usbCamera(1),
    '/etc/os-release': ubuntu('20.04.1', 'Focal Fossa').replace('VERSION_ID="20.04.1"', 'VERSION_ID="20.04"'),
    '/etc/hostname': 'amss-a1b2\n',
  },
  'stock DeepRacer Evo': {
    ...system(x64),
    ...accounts('deepracer', 'input:x:106:\ni2c:x:112:\n'),
    ...stockSoftware,
    ...dmi,
    ...usbCamera(1),
    ...usbCamera(2),
    '/etc/os-release': ubuntu('20.04', 'Focal Fossa'),
    '/etc/hostname': 'amss-c3d4\n',
  },
  'community DeepRacer': {
    ...system(x64),
    ...accounts('deepracer', 'input:x:104:\ni2c:x:111:\ngpio:x:113:\n'),
    ...stockSoftware,
    ...dmi,
    ...usbCamera(1),
    '/etc/os-release': ubuntu('24.04', 'Noble Numbat'),
    '/etc/hostname': 'deepracer\n',
    '/etc/rc.local': { text: '#!/usr/bin/env bash\n', mode: 0o755 },
  },
  'Raspberry Pi OS Bookworm, Pi 4': {
    ...system(arm64),
    ...accounts('pi', piGroups),
    '/etc/os-release': piOs('12', 'bookworm'),
    '/etc/hostname': 'Red Car_1\n',
    '/proc/device-tree/model': 'Raspberry Pi 4 Model B Rev 1.5\0',
    '/boot/firmware/config.txt': { text: piConfig, mode: 0o755 },
    '/boot/config.txt': 'DO NOT EDIT THIS FILE\n',
    '/usr/bin/rpicam-vid': '',
  },
  'Raspberry Pi OS Trixie, Pi 5': {
    ...system(arm64),
    ...accounts('pi', piGroups),
    '/etc/os-release': piOs('13', 'trixie'),
    '/etc/hostname': 'car-2\n',
    '/proc/device-tree/model': 'Raspberry Pi 5 Model B Rev 1.0\0',
    '/boot/firmware/config.txt': { text: piConfig.trimEnd(), mode: 0o755 },
    '/usr/bin/rpicam-vid': '',
  },
  'community Pi, Ubuntu 24.04': {
    ...system(arm64),
    ...accounts('ubuntu', 'input:x:995:\ni2c:x:114:\n'),
    ...stockSoftware,
    '/etc/os-release': ubuntu('24.04', 'Noble Numbat'),
    '/etc/hostname': 'car-3\n',
    '/proc/device-tree/model': 'Raspberry Pi 4 Model B Rev 1.4\0',
    '/boot/firmware/config.txt': {
      text: '[all]\nkernel=vmlinuz\ndtparam=audio=on\ndtparam=i2c_arm=on\ndtparam=spi=on\n\n[pi4]\nmax_framebuffers=2\n\n[all]\ndtparam=i2c1_baudrate=400000\ndtoverlay=i2c-pwm-pca9685a,addr=0x40\n',
      mode: 0o755,
    },
  },
};

/** Lays a tree below `root`, which is there. */
export function layTree(root: string, tree: CarTree): void {
  // Links first: what is below them is where they lead.
  const entries = Object.entries(tree).sort(([, a], [, b]) => Number(isLink(b)) - Number(isLink(a)));
  for (const [path, what] of entries) {
    const at = join(root, path);
    mkdirSync(dirname(at), { recursive: true });
    if (isLink(what)) {
      mkdirSync(join(dirname(at), what.link.startsWith('/') ? '.' : dirname(what.link)), { recursive: true });
      if (path === '/bin' || path === '/lib') mkdirSync(join(root, what.link), { recursive: true });
      symlinkSync(what.link, at);
    } else {
      const { text, mode } = typeof what === 'string' ? { text: what, mode: 0o644 } : what;
      writeFileSync(at, text, 'latin1');
      chmodSync(at, mode);
    }
  }
}

const isLink = (what: CarTree[string]): what is { readonly link: string } => typeof what === 'object' && 'link' in what;
