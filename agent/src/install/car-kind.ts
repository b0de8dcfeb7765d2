import type { Facts } from './facts.js';

/** The computers that are known well enough to set up what their car needs. */
export type CarKind =
  | { readonly kind: 'deepracer'; readonly name: string; readonly profile: 'aws-deepracer' | 'aws-deepracer-evo' }
  | {
      readonly kind: 'raspberry-pi';
      readonly name: string;
      readonly profile: 'raspberry-pi-pca9685';
      readonly model: 'pi4' | 'pi5';
    }
  /** Named, and no more. */
  | { readonly kind: 'other'; readonly name: string };

/** Which car a computer drives, by what is on it. */
export function carKind({ architecture, os, model, isDeepracer, cameras }: Facts): CarKind {
  const whole = model === '' ? os.name : `${os.name} on ${model}`;
  if (isDeepracer && architecture === 'x64' && os.id === 'ubuntu' && /^2[024]\.04$/.test(os.version)) {
    // The factory's image is 20.04; newer ones are the community's.
    const whose = os.version === '20.04' ? 'stock' : 'community';
    const evo = cameras.length >= 2;
    return {
      kind: 'deepracer',
      name: `AWS DeepRacer${evo ? ' Evo' : ''}, ${whose} software, ${os.name}`,
      profile: evo ? 'aws-deepracer-evo' : 'aws-deepracer',
    };
  }
  const pi = /^Raspberry Pi (?:Compute Module )?([45])/.exec(model)?.[1];
  const isKnown =
    (os.id === 'debian' && /^1[23]$/.test(os.version)) || (os.id === 'ubuntu' && /^2[24]\.04$/.test(os.version));
  if (pi !== undefined && architecture === 'arm64' && isKnown)
    return { kind: 'raspberry-pi', name: whole, profile: 'raspberry-pi-pca9685', model: pi === '4' ? 'pi4' : 'pi5' };
  return { kind: 'other', name: whole };
}
