import type { Accounts, LoginProviders, People } from '../accounts/index.js';
import type { Imports } from '../imports/index.js';
import type { Leaderboards } from '../leaderboard/index.js';
import type { PersonalData } from '../personal-data/index.js';
import { batchRoutes } from './leaderboards/batch.js';
import { embedRoutes } from './leaderboards/embed.js';
import { erasureRoutes } from './leaderboards/erasures.js';
import { feedRoutes } from './leaderboards/feeds.js';
import { type ImportingRaces, importRoutes } from './leaderboards/imports.js';
import { leaderboardRoutes } from './leaderboards/leaderboards.js';
import { seasonRoutes } from './leaderboards/seasons.js';
import { sourceRoutes } from './leaderboards/sources.js';
import { standingsRoutes } from './leaderboards/standings.js';
import { webhookRoutes } from './leaderboards/webhooks.js';
import { passkeyRoutes } from './people/passkeys.js';
import { peopleRoutes } from './people/people.js';
import { personalDataRoutes } from './people/personal-data.js';
import { portraitRoutes } from './people/portraits.js';
import { providerRoutes } from './people/providers.js';
import { racerRoutes } from './people/racers.js';
import { settingsRoutes } from './people/settings.js';
import { signInRoutes } from './people/sign-in.js';
import { tokenRoutes } from './people/tokens.js';
import { guarded, type MayChange, type MayShow } from './system/board-guard.js';
import type { Routes } from './system/server.js';

const everyone: MayShow = async () => true;

/** Who signs in, and who holds tokens. */
export interface IdentitySources {
  readonly accounts: Accounts;
  readonly people: People;
  /** Elsewhere people may say who they are. */
  readonly providers: LoginProviders;
}

/** Everything that the leaderboard service answers, alone or beside the rest of a controller. */
export const leaderboardServiceRoutes = (
  { accounts, people, providers }: IdentitySources,
  leaderboards: Leaderboards,
  imports: Imports,
  {
    personalData,
    mayShow = everyone,
    mayChange = async () => {},
    online,
  }: { personalData?: PersonalData; mayShow?: MayShow; mayChange?: MayChange; online?: ImportingRaces } = {},
): Routes[] => [
  signInRoutes(people),
  passkeyRoutes(people),
  providerRoutes(people, providers),
  peopleRoutes(people),
  settingsRoutes(people),
  tokenRoutes(accounts),
  guarded({ mayShow, mayChange }, [
    leaderboardRoutes(leaderboards, mayShow),
    batchRoutes(leaderboards),
    importRoutes(imports, online),
    standingsRoutes(leaderboards),
    feedRoutes(leaderboards, mayShow),
    webhookRoutes(leaderboards),
    embedRoutes(leaderboards),
  ]),
  sourceRoutes(leaderboards),
  racerRoutes(leaderboards, mayShow),
  portraitRoutes(leaderboards),
  ...(personalData === undefined ? [] : [personalDataRoutes(people, personalData)]),
  erasureRoutes(leaderboards),
  seasonRoutes(leaderboards, mayShow),
];
