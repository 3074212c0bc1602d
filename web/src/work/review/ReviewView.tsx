import { useEffect, useMemo, useRef } from "preact/hooks";
import type { ReviewQueue } from "../../api";
import { formatNumber, levelName } from "../../model/words";
import { useAsked } from "../../parts/asked";
import { useWide } from "../../parts/media";
import { useVirtual } from "../../parts/virtual";
import { REVIEW_STATES, type ReviewState } from "../../state/state";
import { formatAddress } from "../../state/address";
import { useAddress } from "../../state/store";
import { useOpened } from "../../views/atlas_context";
import { useSelect } from "../../views/select";
import { StateLink } from "../../parts/StateLink";
import { askQueue } from "../asking";
import { Problem } from "../parts/Problem";
import { TakeShown } from "../parts/TakeShown";
import { useRowKeys } from "../../parts/row_keys";
import { reviewed } from "./changed";
import { Lost } from "./Lost";
import { countsOf, queueOf, STATE_NAMES } from "./queue";
import { QueueRow } from "./QueueRow";
import { useReviewing } from "./reviewing";
import { queueSheet } from "./sheet";

const ROW_HEIGHT = 56;
const NARROW_ROW_HEIGHT = 84;

interface Props {
  readonly level: number;
  readonly found: ReadonlySet<string> | null;
}

/** The clusters of a level in the order in which to look at them. */
export function ReviewView({ level, found }: Props) {
  const { atlas, edits } = useOpened();
  const round = reviewed.use();
  const asked = useAsked(`${atlas.id} ${level} ${edits} ${round}`, () => askQueue(atlas.id, level));
  const queue = asked.value?.level === level ? asked.value : null;
  return (
    <div class="work-view">
      <div class="pane-head wrapping">
        <h2>Review queue</h2>
        {queue && <StateLinks queue={queue} />}
        {queue && <TakeQueue queue={queue} found={found} />}
        <p class="note">
          By mean concern × growth × size, each as a rank within the level; of all conversations, whatever the
          filter.
        </p>
      </div>
      <Problem text={asked.problem} />
      {queue ? <Queue queue={queue} found={found} /> : <p class="empty">Opening…</p>}
    </div>
  );
}

/** What is shown of the queue, as a file. */
function TakeQueue({ queue, found }: { queue: ReviewQueue; found: ReadonlySet<string> | null }) {
  const opened = useOpened();
  const { hierarchy } = opened;
  const state = useAddress();
  const items = () =>
    queueOf(queue.items, state.review, found).filter((item) => hierarchy.byId.has(item.cluster));
  return (
    <TakeShown
      title="Review queue"
      what="review"
      // The address may be ahead of what the search found.
      address={formatAddress({ ...state, search: found ? state.search : "" })}
      sheet={() => queueSheet(items(), (id) => hierarchy.byId.get(id)?.name ?? id)}
      rows={(exports) => exports.queueRows(items(), opened, STATE_NAMES)}
    />
  );
}

function StateLinks({ queue }: { queue: ReviewQueue }) {
  const { review } = useAddress();
  const counts = countsOf(queue.items);
  const choices: [ReviewState | null, string, number][] = [
    [null, "All", queue.items.length],
    ...REVIEW_STATES.map((state): [ReviewState, string, number] => [
      state,
      STATE_NAMES[state],
      counts[state],
    ]),
  ];
  return (
    <nav class="state-links" aria-label="Which clusters">
      {choices.map(([state, label, count]) => (
        <StateLink key={label} to={{ review: state }} current={state === review}>
          {label} <span class="figure">{formatNumber(count)}</span>
        </StateLink>
      ))}
    </nav>
  );
}

function Queue({ queue, found }: { queue: ReviewQueue; found: Props["found"] }) {
  const { hierarchy } = useOpened();
  const { review, cluster: selected } = useAddress();
  const select = useSelect();
  const wide = useWide();
  const reviewing = useReviewing();
  const rows = useMemo(
    () => queueOf(queue.items, review, found).filter((item) => hierarchy.byId.has(item.cluster)),
    [queue, review, found, hierarchy],
  );
  const scroller = useRef<HTMLDivElement>(null);
  const window = useVirtual(scroller, rows.length, wide ? ROW_HEIGHT : NARROW_ROW_HEIGHT);
  const ids = useMemo(() => rows.map((row) => row.cluster), [rows]);
  const { active, move, onKeyDown } = useRowKeys(ids, selected, scroller, window.reveal);
  // Where a decision takes a row out of what is shown, the one in its place has the focus.
  const decided = useRef<number | null>(null);
  useEffect(() => {
    const at = decided.current;
    decided.current = null;
    if (at !== null && document.activeElement === document.body) move(Math.min(at, ids.length - 1));
  }, [ids]);
  return (
    <div class="work-scroll" ref={scroller}>
      <Problem text={reviewing.problem} />
      {rows.length === 0 && <p class="empty">There is no cluster here.</p>}
      <ol
        class="queue"
        aria-label={`To review, ${levelName(queue.level, hierarchy.levels.length).toLowerCase()}`}
        style={window.room}
        onKeyDown={onKeyDown}
      >
        {rows.slice(window.first, window.end).map((item, i) => (
          <QueueRow
            key={item.cluster}
            item={item}
            number={window.first + i + 1}
            of={rows.length}
            selected={item.cluster === selected}
            focusable={item.cluster === active}
            onSelect={() => select(item.cluster)}
            onDecide={(state) => {
              decided.current = window.first + i;
              if (!reviewing.sending) void reviewing.decide(item.cluster, { version: item.version, state });
            }}
          />
        ))}
      </ol>
      <Lost lost={queue.lost} />
    </div>
  );
}
