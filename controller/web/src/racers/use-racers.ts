import { isPitwallError, parse } from '@pitwall/protocol';
import { RacerProfile, RacerResults, RacersCalled, Statistics } from '@pitwall/protocol/api';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { get } from '../http/index.js';

const path = (racer: string): string => `/api/v1/racers/${encodeURIComponent(racer)}`;
/** An id that is none says so at once. */
export const isNobody = (error: Error | null): boolean =>
  isPitwallError(error) && ['not-found', 'message-invalid'].includes(error.code);

export const useProfile = (racer: string) =>
  useQuery({
    queryKey: ['racer', racer],
    refetchInterval: 30_000,
    queryFn: ({ signal }) => get(`${path(racer)}/profile`, (value) => parse(RacerProfile, value, 'The racer'), signal),
  });

export const useResults = (racer: string) =>
  useInfiniteQuery({
    queryKey: ['racer', racer, 'results'],
    initialPageParam: '',
    queryFn: ({ signal, pageParam }) =>
      get(
        `${path(racer)}/results?limit=50${pageParam === '' ? '' : `&cursor=${encodeURIComponent(pageParam)}`}`,
        (value) => parse(RacerResults, value, 'The results'),
        signal,
      ),
    getNextPageParam: ({ next }) => next,
  });

/** Whose name begins so, of all racers with results. */
export const useCalled = (called: string) =>
  useQuery({
    queryKey: ['racers', called],
    enabled: called !== '',
    queryFn: ({ signal }) =>
      get(
        `/api/v1/racers?called=${encodeURIComponent(called)}`,
        (value) => parse(RacersCalled, value, `Who is called ${called}`).racers,
        signal,
      ),
  });

export const useStatistics = () =>
  useQuery({
    queryKey: ['statistics'],
    refetchInterval: 60_000,
    queryFn: ({ signal }) => get('/api/v1/statistics', (value) => parse(Statistics, value, 'The statistics'), signal),
  });
