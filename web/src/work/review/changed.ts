import { createSignal } from "../parts/signal";

/** Counts what was decided and noted here, so that the queue and the details follow each other. */
export const reviewed = createSignal(0);
