/** Numbers from 0 to 1 that repeat with their seed (mulberry32), for tests. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** How many of `trials` succeed, each with `probability`. */
export function binomial(random: () => number, trials: number, probability: number): number {
  let successes = 0;
  for (let i = 0; i < trials; i += 1) if (random() < probability) successes += 1;
  return successes;
}
