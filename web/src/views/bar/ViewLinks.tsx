import { useRef } from "preact/hooks";
import { useEdges } from "../../parts/edges";
import { type View, VIEWS } from "../../state/state";
import { useAddress } from "../../state/store";
import { useOpened } from "../atlas_context";
import { StateLink } from "../../parts/StateLink";

const LABELS: Record<View, string> = {
  tree: "Tree",
  map: "Map",
  table: "Table",
  details: "Details",
  compare: "Compare",
  review: "Review",
  edits: "Edits",
  privacy: "Privacy",
};

const BESIDE: ReadonlySet<View> = new Set(["tree", "details"]);
const NEEDS: Partial<Record<View, string>> = { review: "review", edits: "edit" };

/** Whether a view is for somebody who may do `may`. */
export function mayLook(view: View, may: ReadonlySet<string>): boolean {
  const action = NEEDS[view];
  return action === undefined || may.has(action);
}

/** The views, as links: on wide screens tree and details are always there. */
export function ViewLinks({ wide }: { wide: boolean }) {
  const { view } = useAddress();
  const { may } = useOpened();
  const shown = VIEWS.filter((one) => (wide ? !BESIDE.has(one) : true) && mayLook(one, may));
  const current = wide && (view === "tree" || view === "details") ? "map" : view;
  const links = useRef<HTMLElement>(null);
  useEdges(links, current);
  return (
    <nav class="views" aria-label="Views" ref={links}>
      {shown.map((one) => (
        <StateLink key={one} to={{ view: one }} current={one === current}>
          {LABELS[one]}
        </StateLink>
      ))}
    </nav>
  );
}
