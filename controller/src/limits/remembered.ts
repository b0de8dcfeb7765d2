import { limits } from './limits.js';

/**
 * Of an `LRUCache` that remembers `limits.remembered` of whatever somebody elsewhere names. They are counted one by one: `max` would
 * make room for all of them at the start, some 20 ms of a processor for each cache, most of which stay empty.
 */
export const remembered = { maxSize: limits.remembered, sizeCalculation: () => 1 } as const;
