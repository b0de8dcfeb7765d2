/**
 * What a Raspberry Pi's firmware reads before Linux does. Source: the "config.txt" page of Raspberry Pi's documentation: a line is a setting; `[all]`,
 * `[pi4]`, … say for which computers those below it are; what is after character 98 of a line is not read.
 */

/** Settings in force on this kind of Pi, as they are written, without comments. */
export function bootSettings(text: string, model: 'pi4' | 'pi5'): string[] {
  let here = true;
  const found: string[] = [];
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.slice(0, 98).trim();
    const section = /^\[([^\]]+)\]$/.exec(line)?.[1];
    if (section === 'all' || section === 'none') here = section === 'all';
    // Of sections for other things than the model (HDMI, a serial number) nothing is known.
    else if (section !== undefined) here = section === model;
    else if (here && line !== '' && !line.startsWith('#')) found.push(line);
  }
  return found;
}

const parts = (setting: string): string[] => (setting.split('=').slice(1).join('=') || '').split(',');

/** What a car of the community needs and this text has not yet: the bus, and the driver of its PCA9685. */
export function missingBootSettings(text: string, model: 'pi4' | 'pi5'): string[] {
  const settings = bootSettings(text, model);
  const overlays = settings.filter((line) => line.startsWith('dtoverlay='));
  const pwm = overlays.some((line) => /^i2c-pwm-pca9685a?$/.test(parts(line)[0] ?? ''));
  // The last one counts: raspi-config and the firmware's own documentation write i2c_arm, some texts its alias i2c.
  const bus = settings.filter((line) => /^dtparam=i2c(_arm)?(=|$)/.test(line)).at(-1);
  const isOn = bus !== undefined && !/=(off|no|0)$/.test(bus);
  return [...(isOn ? [] : ['dtparam=i2c_arm=on']), ...(pwm ? [] : ['dtoverlay=i2c-pwm-pca9685a,addr=0x40'])];
}
