// Who may use whom: the one table of allowed arrows. A folder is used through its index.ts; `*`: whatever there is.
/** What a package may use of others. */
export const packages = {
  protocol: '',
  'protocol/runtime': 'protocol',
  'firmware-config': 'protocol',
  agent: 'protocol protocol/runtime firmware-config',
  controller: 'protocol protocol/runtime firmware-config',
  'controller/web': 'protocol protocol/runtime',
  test: '*',
};
/** What a folder, or each of several, may use of its package beside the package's own first files (`brand.ts`, `errors.ts`, …). */
export const folders = {
  'protocol/src': {
    'messages track policy ranking simtrace': '',
    race: 'ranking',
    show: 'race ranking',
    api: 'messages race ranking show track policy',
  },
  'agent/src': {
    'model simulator': '',
    hardware: 'simulator',
    driving: 'hardware model',
    peripherals: 'driving hardware recorder',
    config: 'simulator',
    link: 'driving hardware',
    recorder: 'driving hardware model',
    'model-store': 'model',
    calibration: 'hardware driving',
    garage: 'driving model model-store calibration',
    doctor: 'hardware model model-store driving',
    evaluation: 'simulator model driving',
  },
  'controller/src': {
    'store link processes tls': '',
    'accounts tracks forwarding': 'store',
    broker: 'accounts link tls',
    gate: 'link',
    timing: 'link store',
    race: 'store link timing forwarding',
    garage: 'store link',
    show: 'race',
    'online-races': 'store race',
    submissions: 'store garage online-races',
    leaderboard: 'store accounts',
    imports: 'leaderboard',
    events: 'store online-races',
    live: 'accounts processes race',
    http: 'accounts tls store link timing race show garage online-races submissions leaderboard forwarding tracks imports events',
    demo: 'processes',
  },
  'controller/web/src': {
    'words http qr': '',
    'staff-words event-words times': 'words',
    live: 'http',
    shell: 'http live words',
    forms: 'http shell times words',
    session: 'forms http live shell words',
    accounts: 'forms http live session shell times words',
    track: 'http live shell words',
    tracks: 'forms http session shell track words staff-words',
    finals: 'shell times words',
    gates: 'http words',
    seasons: 'http session shell words',
    boards: 'forms http seasons shell times words',
    race: 'boards finals http live shell times track words',
    events: 'boards event-words forms http live qr race seasons session shell times words',
    review: 'forms http session shell times words staff-words',
    garage: 'forms http live qr session shell times words staff-words',
    evaluation: 'forms http online session shell times track words',
    online: 'evaluation forms http live session shell times track words',
    marshal: 'forms garage gates http live race session shell times words staff-words',
    organizer: 'boards finals forms http live marshal race session shell times words staff-words',
  },
};
/** Folders whose files are entry points, used each by itself; they may use whatever their package has. */
export const throughFiles = 'compose commands';
/** What does no I/O: nothing of Node. */
export const pure = 'protocol controller/web';
