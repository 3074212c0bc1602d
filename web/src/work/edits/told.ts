import { createSignal } from "../parts/signal";

/** What was edited last, so that it can be told and taken back wherever one is by then. */
export interface Told {
  readonly atlas: string;
  readonly text: string;
  /** Of the edits, once it was made. */
  readonly version: number;
  readonly canUndo: boolean;
}

export const told = createSignal<Told | null>(null);
