import { type CarId, parse } from '@pitwall/protocol';
import { CarList, CarOutcome, ModelList, RecordingList, UploadedModel } from '@pitwall/protocol/api';
import type { CarAction } from '@pitwall/protocol/messages';
import { useQuery } from '@tanstack/react-query';
import { modelNameOf } from '../forms/index.js';
import { ask, get } from '../http/index.js';

/** What was heard of every car. */
export function useCars() {
  return useQuery({
    queryKey: ['cars'],
    refetchInterval: 1000,
    queryFn: ({ signal }) => get('/api/v1/cars', (value) => parse(CarList, value, 'The list of cars').cars, signal),
  });
}

/** Every archive that was uploaded, the newest first. */
export function useModels() {
  return useQuery({
    queryKey: ['models'],
    refetchInterval: 10_000,
    queryFn: ({ signal }) =>
      get('/api/v1/models', (value) => parse(ModelList, value, 'The list of models').models, signal),
  });
}

export const recordingsPath = (car: CarId): string => `/api/v1/cars/${encodeURIComponent(car)}/recordings`;

/** What the car's black box holds, the newest first. A car that drives is not asked again and again. */
export function useRecordings(car: CarId, token: string, drives: boolean) {
  return useQuery({
    queryKey: ['recordings', car, token],
    refetchInterval: drives ? false : 5000,
    retry: false,
    queryFn: async ({ signal }) => {
      const answer = await ask(recordingsPath(car), { token, signal });
      return parse(RecordingList, await answer.json(), 'The list of recordings').recordings.toReversed();
    },
  });
}

/**
 * Answers when the car has done it. It is sent also when the page closes that moment.
 * @throws PitwallError with the car's own sentence where it refuses
 */
export async function command(car: CarId, action: CarAction, token: string, patience?: number): Promise<CarOutcome> {
  const answer = await ask(`/api/v1/cars/${encodeURIComponent(car)}/commands`, {
    method: 'POST',
    token,
    body: { action },
    keepalive: true,
    ...(patience === undefined ? {} : { signal: AbortSignal.timeout(patience) }),
  });
  return parse(CarOutcome, await answer.json(), 'The answer');
}

/** @throws PitwallError as the server says it */
export async function upload(file: File, token: string, description?: string): Promise<UploadedModel> {
  const query = new URLSearchParams({
    name: modelNameOf(file.name),
    ...(description === undefined ? {} : { description }),
  });
  const answer = await ask(`/api/v1/models?${query}`, { method: 'POST', token, body: file });
  return parse(UploadedModel, await answer.json(), 'The uploaded model');
}
