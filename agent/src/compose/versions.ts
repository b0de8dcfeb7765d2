import { resolve } from 'node:path';
import { type AgentConfig, version } from '../config/index.js';
import type { Car } from '../driving/index.js';
import { controllerOf, type LinkSettings } from '../link/index.js';
import { launchedBy, Versions } from '../versions/index.js';
import type { TrackLink } from './track-link.js';

interface Parts {
  readonly car: Car;
  readonly settings: LinkSettings | undefined;
  readonly link: TrackLink;
  readonly say: (line: string) => void;
  readonly restart: () => void;
}

/** The versions of the agent on this car. @param file its configuration, for a new version to look at */
export function openVersions(
  { link: linked, updates }: AgentConfig,
  file: string | undefined,
  { car, settings, link, say, restart }: Parts,
): Versions {
  return new Versions({
    version,
    architecture: process.arch,
    launched: launchedBy(process.env),
    controller: linked === undefined || settings === undefined ? undefined : controllerOf(linked, settings),
    key: updates.key,
    config: file === undefined ? undefined : resolve(file),
    phase: () => car.safety.phase,
    restart,
    say,
    onChange: () => link.publishState(),
  });
}
