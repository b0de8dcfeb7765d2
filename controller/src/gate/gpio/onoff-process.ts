import { Gpio } from 'onoff';
import { watchPins } from './edge-source.js';

// A process of its own: onoff's native part crashes in worker threads.
watchPins({
  watch: (pin, changed, failed) => {
    new Gpio(pin, 'in', 'both').watch((error, level) => {
      if (error) failed(error);
      else changed(level);
    });
  },
});
