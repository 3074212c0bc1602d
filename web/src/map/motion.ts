/** Moves from one view to another over some frames, and says when it rests. */

import type { View } from "./props";
import { betweenViews, sameView } from "./view";

const REST_AFTER_MS = 140;

export interface Moved {
  /** Draw a frame. `moving`: more will follow soon. */
  onFrame(view: View, moving: boolean, now: number): void;
  /** The view stayed the same for a while. */
  onRest(view: View): void;
}

interface Way {
  readonly from: View;
  readonly to: View;
  readonly start: number;
  readonly duration: number;
}

export class Motion {
  private way: Way | null = null;
  private frame = 0;
  private lastChange = Number.NEGATIVE_INFINITY;
  private rested = true;
  private stale = true;

  constructor(
    private current: View,
    private readonly moved: Moved,
  ) {}

  get view(): View {
    return this.current;
  }

  /** Where the view will be when it comes to rest. */
  get goal(): View {
    return this.way?.to ?? this.current;
  }

  get moving(): boolean {
    return !this.rested;
  }

  /** Goes to a view in so many milliseconds; at once where that is 0. */
  goTo(view: View, duration: number): void {
    if (sameView(view, this.goal)) return;
    this.rested = false;
    if (duration > 0) this.way = { from: this.current, to: view, start: performance.now(), duration };
    else {
      this.way = null;
      this.current = view;
      this.lastChange = performance.now();
    }
    this.request();
  }

  /** Draws once more, where it stands. */
  request(): void {
    this.stale = true;
    this.schedule();
  }

  private schedule(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame(this.step);
  }

  stop(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
  }

  private readonly step = (): void => {
    this.frame = 0;
    const now = performance.now();
    const before = this.current;
    this.advance(now);
    const quiet = this.way === null && now - this.lastChange > REST_AFTER_MS;
    const comesToRest = quiet && !this.rested;
    if (comesToRest) this.rested = true;
    if (this.stale || comesToRest || this.current !== before)
      this.moved.onFrame(this.current, !this.rested, now);
    this.stale = false;
    if (!this.rested) this.schedule();
    if (comesToRest) this.moved.onRest(this.current);
  };

  private advance(now: number): void {
    if (!this.way) return;
    const t = Math.min(Math.max((now - this.way.start) / this.way.duration, 0), 1);
    this.current = betweenViews(this.way.from, this.way.to, 1 - (1 - t) ** 3);
    this.lastChange = now;
    if (t >= 1) this.way = null;
  }
}
