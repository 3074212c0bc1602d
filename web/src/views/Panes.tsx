import type { RefObject } from "preact";
import type { DensityMapHandle } from "../map/props";
import type { Colouring } from "../model/colouring";
import { useMapTheme } from "../parts/theme";
import { INITIAL, type View } from "../state/state";
import { useAddress } from "../state/store";
import { type Shown, useOpened } from "./atlas_context";
import { mayLook } from "./bar/ViewLinks";
import { Compare } from "./compare/Compare";
import { Details } from "./details/Details";
import { MapPane } from "./map/MapPane";
import { PrivacyView } from "./privacy/PrivacyView";
import { SelectionBar } from "./SelectionBar";
import { useWork } from "./work_context";
import { Table } from "./table/Table";
import { Tree } from "./tree/Tree";

interface Props {
  readonly wide: boolean;
  readonly shown: Shown;
  readonly colouring: Colouring;
  readonly level: number;
  readonly found: ReadonlySet<string> | null;
  readonly map: RefObject<DensityMapHandle | null>;
}

/** Three panes beside each other where there is room, else one at a time. */
export function Panes(props: Props) {
  const view = useView();
  const { work } = useWork(false);
  const { wide, shown, colouring, found } = props;
  const alone = view === "privacy";
  const tree = (wide && !alone) || view === "tree";
  const details = (wide && !alone) || view === "details";
  const middle = wide ? true : view !== "tree" && view !== "details";
  return (
    <main id="main" class={`panes ${alone ? "alone" : ""}`} tabIndex={-1}>
      {tree && (
        <section class="pane pane-tree" aria-label="Tree">
          <Tree shown={shown} colouring={colouring} found={found} />
        </section>
      )}
      {middle && (
        <section
          class="pane pane-middle"
          aria-label={MIDDLE[view] ?? "Map"}
          {...(alone ? { tabIndex: 0 } : {})}
        >
          <Middle {...props} />
        </section>
      )}
      {details && (
        <section class="pane pane-details" aria-label="Details" tabIndex={0}>
          {work && <work.EditNotice />}
          <Details shown={shown} colouring={colouring} />
        </section>
      )}
      {!wide && !details && !alone && <SelectionBar shown={shown} />}
    </main>
  );
}

/** The view of the address, where the person may look at it. */
function useView(): View {
  const { view } = useAddress();
  const { may } = useOpened();
  return mayLook(view, may) ? view : INITIAL.view;
}

function Working({ view, level, found }: { view: "review" | "edits" } & Pick<Props, "level" | "found">) {
  const { work, problem } = useWork();
  if (!work) return problem ? <p class="warning">{problem}</p> : <p class="empty">Opening…</p>;
  return view === "review" ? <work.ReviewView level={level} found={found} /> : <work.EditsView />;
}

const MIDDLE: Partial<Record<View, string>> = {
  table: "Table",
  compare: "Comparison",
  review: "Review queue",
  edits: "Edits",
  privacy: "Privacy",
};

function Middle({ shown, colouring, level, found, map }: Props) {
  const view = useView();
  const theme = useMapTheme();
  if (view === "review" || view === "edits") return <Working view={view} level={level} found={found} />;
  if (view === "table") return <Table shown={shown} colouring={colouring} level={level} found={found} />;
  if (view === "compare") return <Compare shown={shown} level={level} />;
  if (view === "privacy") return <PrivacyView />;
  return (
    <MapPane shown={shown} colouring={colouring} level={level} theme={theme} found={found} handle={map} />
  );
}
