import type { Reviewed } from "../../api";
import { useOpened } from "../../views/atlas_context";
import { askReview, type Review } from "../asking";
import { type Sending, useSending } from "../parts/sending";
import { reviewed } from "./changed";

export interface Reviewing extends Pick<Sending, "sending" | "problem"> {
  /** Whether it was written down. */
  decide(cluster: string, review: Review): Promise<boolean>;
}

/** Deciding and noting. Where somebody was faster, theirs is shown, and nothing is overwritten. */
export function useReviewing(then: (answer: Reviewed) => void = () => undefined): Reviewing {
  const { atlas } = useOpened();
  const { sending, problem, send } = useSending();
  const changed = () => reviewed.set(reviewed.get() + 1);
  return {
    sending,
    problem,
    decide: (cluster, review) =>
      send(async () => {
        then(await askReview(atlas.id, cluster, review));
        changed();
      }, changed),
  };
}
