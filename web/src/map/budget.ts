/** How many dots to draw, and how finely, while the map moves, so that it moves at once on machines without a GPU. */

const GOAL_MS = 26;
const FEWEST = 12_000;
const FIRST = 60_000;
const COARSE_BELOW = 35_000;

export class DotBudget {
  private allowed = FIRST;
  private last: number | null = null;
  private slow = false;

  /** Whether movements are to be drawn with one pixel for each of CSS, however fine the screen is. */
  get coarse(): boolean {
    return this.slow;
  }

  /** Dots for a frame of a movement, of `count` in all. `now`: milliseconds, of this frame. */
  next(now: number, count: number): number {
    if (this.last !== null) this.learn(now - this.last, count);
    this.last = now;
    return Math.min(count, Math.round(this.allowed));
  }

  /** The movement ended: the time until the next one says nothing. */
  rest(): void {
    this.last = null;
  }

  private learn(took: number, count: number): void {
    if (took > GOAL_MS * 1.5) this.allowed = Math.max(this.allowed * Math.max(GOAL_MS / took, 0.5), FEWEST);
    else if (took < GOAL_MS) this.allowed = Math.min(this.allowed * 1.15, count);
    if (this.allowed < COARSE_BELOW) this.slow = true;
  }
}
