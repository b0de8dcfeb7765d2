import { type CarId, parse } from '@pitwall/protocol';
import { CarList, CarOutcome, ModelList, UploadedModel } from '@pitwall/protocol/api';
import type { CarAction } from '@pitwall/protocol/messages';
import { useQuery } from '@tanstack/react-query';
import { get, refusal } from '../http/index.js';

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

async function send(path: string, token: string, type: string, body: BodyInit): Promise<unknown> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': type, authorization: `Bearer ${token}` },
    body,
  });
  if (!response.ok) throw await refusal(response);
  return await response.json();
}

/** Answers when the car has done it. @throws PitwallError with the car's own sentence where it refuses */
export async function command(car: CarId, action: CarAction, token: string): Promise<CarOutcome> {
  const body = JSON.stringify({ action });
  return parse(CarOutcome, await send(`/api/v1/cars/${car}/commands`, token, 'application/json', body), 'The answer');
}

/** @throws PitwallError as the server says it */
export async function upload(file: File, token: string): Promise<UploadedModel> {
  const name = encodeURIComponent(file.name.replace(/\.(tar\.gz|tgz)$/, ''));
  const answer = await send(`/api/v1/models?name=${name}`, token, 'application/octet-stream', file);
  return parse(UploadedModel, answer, 'The uploaded model');
}
