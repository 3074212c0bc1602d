import type { Ref } from "preact";
import { useCallback, useMemo, useState } from "preact/hooks";
import { DensityMap } from "../../map/DensityMap";
import type { DensityMapHandle, MapTheme } from "../../map/props";
import type { Colouring } from "../../model/colouring";
import { NO_FIGURE } from "../../model/figures";
import { formatNumber, formatShare, NOT_RELEASED, unitOf } from "../../model/words";
import { useAsked } from "../../parts/asked";
import { useReducedMotion } from "../../parts/media";
import { printable } from "../../parts/Name";
import { setHovered, useHovered } from "../../state/hover";
import { useAddress, useStore } from "../../state/store";
import { type Shown, useOpened } from "../atlas_context";
import { useSelect } from "../select";
import { Legend } from "./Legend";
import { faintOf, labelsOf, type MapClusters, mapClustersOf, swatchesOf } from "./map_data";

interface Props {
  readonly shown: Shown;
  readonly colouring: Colouring;
  readonly level: number;
  readonly theme: MapTheme;
  readonly found: ReadonlySet<string> | null;
  readonly handle: Ref<DensityMapHandle>;
}

/** The map of the atlas, with its legend. */
export function MapPane(props: Props) {
  const { source, atlas, hierarchy } = useOpened();
  const answer = useAsked(`map ${atlas.id}`, () => source.map(atlas.id));
  const clusters = useMemo(
    () => answer.value && mapClustersOf(answer.value, hierarchy),
    [answer.value, hierarchy],
  );
  if (answer.problem) return <p class="empty">{answer.problem}</p>;
  if (!clusters) return <p class="empty">Loading…</p>;
  if (clusters.bins.conversations.length === 0) {
    return (
      <p class="empty">
        This atlas has no released map.
        {atlas.counted === "user" && " Where people are counted with noise, no map is made."}
      </p>
    );
  }
  return <Drawn {...props} clusters={clusters} />;
}

function Drawn({
  shown,
  colouring,
  level,
  theme,
  found,
  handle,
  clusters,
}: Props & { clusters: MapClusters }) {
  const { atlas, hierarchy } = useOpened();
  const { cluster, colour, place } = useAddress();
  const store = useStore();
  const select = useSelect();
  const hovered = useHovered();
  const reducedMotion = useReducedMotion();
  const [first] = useState(place);
  const coloring = useMemo(
    () => swatchesOf(clusters, colouring, hierarchy, colour.by === "cluster" ? 0 : level),
    [clusters, colouring, hierarchy, colour.by, level],
  );
  const labels = useMemo(() => labelsOf(hierarchy), [hierarchy]);
  const faint = useMemo(
    () => faintOf(clusters, shown.filter === null || shown.loading ? null : shown.figures, found),
    [clusters, shown, found],
  );
  const tooltip = useCallback(
    (id: string) => {
      const named = hierarchy.byId.get(id);
      if (!named) return null;
      const { count, share } = shown.figures.get(id) ?? NO_FIGURE;
      const missing = shown.loading ? "…" : NOT_RELEASED;
      const size = count ? `${formatNumber(count.conversations)} ${unitOf(atlas)}` : missing;
      const entry = colouring.entries.find((one) => one.swatch === colouring.of(id));
      const lines = [share === null ? size : `${size}, ${formatShare(share)}`];
      if (colour.by !== "cluster" && entry) lines.push(`${colouring.title}: ${entry.label.toLowerCase()}`);
      return { title: printable(named.name).slice(0, 200), lines };
    },
    [hierarchy, shown, colouring, colour.by, atlas],
  );
  const view = place ?? first;
  return (
    <div class="map-pane">
      <div class="map-room">
        <DensityMap
          bins={clusters.bins}
          lineage={clusters.lineage}
          coloring={coloring}
          labels={labels}
          selected={cluster}
          hovered={hovered}
          {...(faint ? { faint } : {})}
          theme={theme}
          reducedMotion={reducedMotion}
          {...(view ? { view } : {})}
          tooltip={tooltip}
          onSelect={select}
          onHover={setHovered}
          onView={(at) => store.set({ place: at }, true)}
          handle={handle}
        />
      </div>
      <Legend colouring={colouring} faint={faint !== null} level={level} />
    </div>
  );
}
