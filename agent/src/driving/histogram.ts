/**
 * Durations in µs, in buckets that are each 5 % wider than the one before: a quantile is right to ±2.5 % and costs no
 * memory for each value. The loop counts into it thirty to sixty times a second.
 */
export class Histogram {
  readonly #counts = new Uint32Array(bucketOf(60_000_000) + 1);
  #count = 0;

  add(micros: number): void {
    const bucket = bucketOf(Math.max(0, micros));
    this.#counts[Math.min(bucket, this.#counts.length - 1)]! += 1;
    this.#count += 1;
  }

  get count(): number {
    return this.#count;
  }

  /** The value below which the share `q` of the values lies; 0 when there is none. */
  quantile(q: number): number {
    if (this.#count === 0) return 0;
    let left = Math.ceil(q * this.#count);
    for (let bucket = 0; bucket < this.#counts.length; bucket++) {
      left -= this.#counts[bucket]!;
      if (left <= 0) return Math.round(middleOf(bucket));
    }
    return Math.round(middleOf(this.#counts.length - 1));
  }

  reset(): void {
    this.#counts.fill(0);
    this.#count = 0;
  }
}

const growth = Math.log(1.05);
const bucketOf = (micros: number): number => Math.floor(Math.log1p(micros / 20) / growth);
const middleOf = (bucket: number): number => 20 * Math.expm1((bucket + 0.5) * growth);
