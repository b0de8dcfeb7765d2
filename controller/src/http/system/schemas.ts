import {
  Board,
  BoardChanges,
  ErrorBody,
  IngestOutcome,
  KeptResult,
  PastRevision,
  Place,
  Racer,
  Result,
  Season,
  SignedResult,
  Standings,
  StandingsRow,
} from '@pitwall/protocol/api';
import { LogRecord, RaceCommand, RaceEvent, RaceRules, RaceSetup, RaceState } from '@pitwall/protocol/race';
import { z } from 'zod';

const named = {
  Board,
  BoardChanges,
  ErrorBody,
  IngestOutcome,
  KeptResult,
  LogRecord,
  PastRevision,
  Place,
  RaceCommand,
  RaceEvent,
  RaceRules,
  RaceSetup,
  RaceState,
  Racer,
  Result,
  Season,
  SignedResult,
  Standings,
  StandingsRow,
};

/** Schemas that the OpenAPI document names once and refers to, instead of repeating them at each use. */
export const schemaRegistry = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries(named)) schemaRegistry.add(schema, { id });
