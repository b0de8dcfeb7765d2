import type { CarId } from '@pitwall/protocol';
import mqtt from 'mqtt';
import { absent, type Check, failed, ok, warning } from './check.js';

export interface LinkToCheck {
  readonly url: string;
  readonly password: string;
  readonly ca?: string;
}

/** Whether the broker takes this car's password. A running agent keeps its connection: this one has another name. */
export const brokerCheck = (car: CarId, link: LinkToCheck | undefined): Check => ({
  name: 'link',
  run: async () => {
    if (link === undefined) return absent('the configuration has no link: the car drives alone');
    const { url, password, ca } = link;
    const begun = performance.now();
    const client = mqtt.connect(url, {
      protocolVersion: 4,
      clientId: `car-${car}-doctor`,
      username: `car:${car}`,
      password,
      connectTimeout: 4000,
      reconnectPeriod: 0,
      ...(ca === undefined ? {} : { ca }),
    });
    try {
      await new Promise<void>((resolve, reject) => {
        client.once('connect', () => resolve());
        client.once('error', reject);
        client.once('close', () => reject(new Error('it does not answer')));
      });
      const took = performance.now() - begun;
      const found = `${url} answers in ${took.toFixed(0)} ms`;
      return took > 1000
        ? warning(found, 'Bring the car nearer to the access point, or choose another channel.')
        : ok(found);
    } catch (error) {
      const { code, message } = error as Error & { code?: number | string };
      // MQTT 3.1.1, 3.2.2.3: bad user name or password, not authorized.
      return code === 4 || code === 5
        ? failed(`${url} refuses this car`, `Issue a new password: pitwall token issue --role car --name ${car}`)
        : failed(
            `${url}: ${message || code}`,
            'Check the Wi-Fi, link.url, and that the controller runs and listens there.',
          );
    } finally {
      client.end(true);
    }
  },
});
