/** How long to wait before an attempt, in milliseconds: anything up to a bound that doubles with each failure ("full jitter"), so that clients that lost the same server do not come back together. */
export const backoff = (failures: number, random: number, base = 500, most = 30_000): number => random * Math.min(most, base * 2 ** failures);
