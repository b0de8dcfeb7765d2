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
/** What a folder may use of its package beside the package's own first files (`brand.ts`, `errors.ts`, …). */
export const folders = {
  'protocol/src': {
    messages: '',
    track: '',
    policy: '',
    ranking: '',
    race: 'ranking',
    api: 'messages race ranking track policy',
  },
  'agent/src': {
    model: '',
    simulator: '',
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
    store: '',
    link: '',
    processes: '',
    accounts: 'store',
    broker: 'accounts link',
    gate: 'link',
    timing: 'link store',
    forwarding: 'store',
    race: 'store link timing forwarding',
    garage: 'store link',
    'online-races': 'store race',
    submissions: 'store garage online-races',
    leaderboard: 'store accounts',
    live: 'accounts processes race',
    http: 'accounts store link timing race garage online-races submissions leaderboard forwarding',
    demo: 'processes',
  },
  'controller/web/src': {
    http: '',
    times: '',
    live: 'http',
    shell: 'http live',
    forms: 'http shell times',
    session: 'forms http shell',
    track: 'http live shell',
    finals: 'shell times',
    gates: 'http',
    seasons: 'http session shell',
    boards: 'forms http seasons shell times',
    race: 'boards finals http live shell times track',
    review: 'forms http session shell times',
    garage: 'forms http live session shell times',
    evaluation: 'forms http online session shell times track',
    online: 'evaluation forms http live session shell times track',
    marshal: 'forms garage gates http live race session shell times',
    organizer: 'boards finals forms http live marshal race session shell times',
  },
};
/** Folders whose files are entry points, used each by itself; they may use whatever their package has. */
export const throughFiles = 'compose commands';
/** What does no I/O: nothing of Node. */
export const pure = 'protocol controller/web';
