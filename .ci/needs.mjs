// What the tests need beside Node: read by setup.mjs, which installs it, and by the tests, which skip without it.

/** `has`: any of these paths shows that the packages are there. */
export const debianPackages = [
  {
    packages: ['chromium-headless-shell'],
    has: ['/usr/bin/chromium-headless-shell'],
    what: 'the browser that looks at the pages',
  },
  { packages: ['chromium'], has: ['/usr/bin/chromium'], what: 'the browser that is told whom to trust' },
  {
    packages: ['gcc-avr', 'avr-libc', 'binutils-avr', 'make'],
    has: ['/usr/bin/avr-gcc'],
    what: 'the compiler of the firmware',
  },
  { packages: ['socat'], has: ['/usr/bin/socat'], what: 'serial ports for the emulated boards' },
  {
    packages: ['libturbojpeg0'],
    has: ['/usr/lib/x86_64-linux-gnu/libturbojpeg.so.0', '/usr/lib/aarch64-linux-gnu/libturbojpeg.so.0'],
    what: 'the fast JPEG decoder',
  },
  {
    packages: ['postgresql'],
    has: ['/usr/lib/postgresql/15/bin/initdb', '/usr/lib/postgresql/17/bin/initdb'],
    what: 'the database outside',
  },
  {
    packages: ['minisign'],
    has: ['/usr/bin/minisign'],
    what: 'checks the signatures of packages',
  },
  {
    packages: ['systemd'],
    has: ['/usr/bin/systemd-analyze'],
    what: 'judges our units',
  },
  {
    packages: ['strace'],
    has: ['/usr/bin/strace'],
    what: 'what files and addresses our programs touch',
  },
  {
    packages: ['mosquitto-clients', 'curl', 'openssl'],
    has: ['/usr/bin/mosquitto_pub'],
    what: 'programs of others that come over TLS',
  },
  {
    packages: ['mosquitto'],
    has: ['/usr/sbin/mosquitto'],
    what: 'a broker of others',
  },
  {
    packages: ['libnss3-tools'],
    has: ['/usr/bin/certutil'],
    what: 'tells a browser whom to trust',
  },
  {
    packages: ['ffmpeg'],
    has: ['/usr/bin/ffmpeg'],
    what: 'makes videos of recordings',
  },
  {
    packages: ['python3-torch'],
    has: ['/usr/lib/python3/dist-packages/torch'],
    what: 'the second opinion on networks',
  },
];

/** The real StandardFirmata for the ATmega328P, as its package carries it; kept out of the repository. */
export const firmwareHex = {
  package: 'avrgirl-arduino@5.0.1',
  member: 'package/junk/hex/uno/StandardFirmata.cpp.hex',
  path: 'node_modules/.cache/pitwall/StandardFirmata.hex',
};
