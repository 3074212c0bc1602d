import { REVIEW_STATES, type ReviewState } from "../../state/state";
import { STATE_NAMES } from "./queue";

interface Props {
  readonly state: ReviewState;
  readonly onDecide: (state: ReviewState) => void;
  /** Whether they can be reached by Tab. */
  readonly focusable?: boolean;
}

/** Open, watched or closed. */
export function StateButtons({ state, onDecide, focusable = true }: Props) {
  return (
    <span class="segments" role="group" aria-label="State">
      {REVIEW_STATES.map((one) => (
        <button
          key={one}
          type="button"
          class={`segment ${one}`}
          aria-pressed={one === state}
          tabIndex={focusable ? 0 : -1}
          onClick={() => one !== state && onDecide(one)}
        >
          {STATE_NAMES[one]}
        </button>
      ))}
    </span>
  );
}
