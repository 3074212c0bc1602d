import { type Cluster, EVERYTHING } from "../../api";
import type { Colouring } from "../../model/colouring";
import { NO_FIGURE } from "../../model/figures";
import { filterName, isHeld, queryOf } from "../../model/filtering";
import { levelName } from "../../model/words";
import { whyNotReleased } from "../../model/why";
import { ConcernText, CountText, GrowthText, ShareText } from "../../parts/Figures";
import { EditedMark } from "../../parts/EditedMark";
import { Icon } from "../../parts/Icon";
import { LongText } from "../../parts/LongText";
import { Mark } from "../../parts/Mark";
import { Name } from "../../parts/Name";
import { useAddress, useStore } from "../../state/store";
import { type Shown, tellsConcern, tellsGrowth, timeOf, useOpened } from "../atlas_context";
import { ClusterLink } from "../ClusterLink";
import { StateLink } from "../../parts/StateLink";
import { useSelect } from "../select";
import { useWork } from "../work_context";
import { DistributionSection } from "./DistributionSection";
import { QualitySection } from "./QualitySection";
import { Relatives } from "./Relatives";
import { TimeSection } from "./TimeSection";

interface Props {
  readonly shown: Shown;
  readonly colouring: Colouring;
}

/** How closely the map shows a base cluster; those above it from farther away. */
const ZOOM_OF_BASE = 3;
/** For what more of the page is loaded than is needed for looking. */
const WORK = ["edit", "review", "reveal"];

/** All that is released of the selected cluster, or of everything together. */
export function Details({ shown, colouring }: Props) {
  const { atlas, privacy, hierarchy } = useOpened();
  const { cluster: id } = useAddress();
  // Of what the figures are: the address may be ahead of them.
  const { filter } = shown;
  const cluster = id === null ? undefined : hierarchy.byId.get(id);
  const of = cluster?.id ?? EVERYTHING;
  const others = atlas.attributes.filter(({ name }) => name !== timeOf(atlas) || isHeld(filter, name));
  const counted = others.filter(({ name }) => queryOf(name, filter) !== null);
  return (
    <article class="details" key={of}>
      {cluster ? <ClusterHead id={cluster.id} colouring={colouring} /> : <EverythingHead missing={id} />}
      <Numbers shown={shown} of={of} />
      <TimeSection cluster={of} shown={shown} />
      {counted.map((attribute) => (
        <DistributionSection key={attribute.name} attribute={attribute} cluster={of} shown={shown} />
      ))}
      {atlas.attributes.some(({ name }) => queryOf(name, filter) === null) && (
        <p class="note">
          At most two attributes are counted together: nothing further is under a filter of two.
        </p>
      )}
      {cluster && <QualitySection cluster={cluster} />}
      {cluster && <Relatives cluster={cluster} shown={shown} />}
      <p class="note why">
        {filter && <>Figures are of {filterName(filter)}. </>}
        {cluster && "Ticks on bars show the share in everything together, under the same as the bars. "}
        {whyNotReleased(privacy)}
      </p>
    </article>
  );
}

function ClusterHead({ id, colouring }: { id: string; colouring: Colouring }) {
  const { atlas, hierarchy, may } = useOpened();
  const select = useSelect();
  const store = useStore();
  const long = {
    whole: useAddress().whole === id,
    onWhole: (whole: boolean) => store.set({ whole: whole ? id : null }, true),
  };
  const cluster = hierarchy.byId.get(id);
  if (!cluster) return null;
  const above = hierarchy.ancestors(id).reverse();
  const swatch = colouring.swatches[colouring.of(id)];
  const place = { x: cluster.x, y: cluster.y, zoom: ZOOM_OF_BASE / (cluster.level + 1) };
  const { work } = useWork(WORK.some((action) => may.has(action)));
  const way = atlas.map_grid !== null && (
    <StateLink className="button small" to={{ view: "map", place }}>
      On the map
    </StateLink>
  );
  return (
    <header class="details-head">
      <div class="details-path">
        {above.map((one) => (
          <span key={one.id} class="path-step">
            <ClusterLink cluster={one} />
            <Icon name="chevron" />
          </span>
        ))}
        <span class="level">{levelName(cluster.level, hierarchy.levels.length).replace(/s$/, "")}</span>
        <button
          type="button"
          class="button small icon-only"
          aria-label="Take the selection back"
          onClick={() => select(null)}
        >
          <Icon name="close" />
        </button>
      </div>
      <h2>
        {swatch && <Mark swatch={swatch} />} <LongText text={cluster.name} most={160} {...long} />{" "}
        <EditedMark cluster={cluster} />
      </h2>
      <p class="description">
        <LongText text={cluster.description} most={400} {...long} />
      </p>
      {cluster.terms.length > 0 && (
        <ul class="terms" aria-label="What sets it apart">
          {cluster.terms.slice(0, 12).map((term) => (
            <li key={term}>
              <Name text={term.slice(0, 60)} />
            </li>
          ))}
        </ul>
      )}
      {work ? (
        <work.ClusterWork cluster={cluster}>{way}</work.ClusterWork>
      ) : (
        <div class="details-actions">{way}</div>
      )}
      {cluster.edited.length > 0 && <Edited cluster={cluster} />}
    </header>
  );
}

/** What people changed, and what they grouped here. */
function Edited({ cluster }: { cluster: Cluster }) {
  const { hierarchy } = useOpened();
  return (
    <div class="note">
      <p>
        A person changed its {cluster.edited.join(", ")}.
        {cluster.conversations === null && " Figures of what it holds now come with the next release."}
      </p>
      {cluster.members.length > 0 && (
        <ul class="grouped" aria-label="Grouped here">
          {cluster.members.map((id) => (
            <li key={id}>
              <Name text={hierarchy.named(id)?.name ?? id} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function EverythingHead({ missing }: { missing: string | null }) {
  const { atlas } = useOpened();
  return (
    <header class="details-head">
      <h2>Everything together</h2>
      <p class="description">
        {missing === null
          ? "Choose a cluster in the tree, on the map or in the table to see what is released of it."
          : "This atlas has no such cluster: it may have been hidden, or another release took its place."}
      </p>
      {!atlas.for_publishing && (
        <p class="warning">Not for publishing: this run’s profile promises nothing to others.</p>
      )}
    </header>
  );
}

function Numbers({ shown, of }: { shown: Shown; of: string }) {
  const { atlas } = useOpened();
  const { filter } = shown;
  const everything = of === EVERYTHING;
  const figure = everything ? { ...NO_FIGURE, count: shown.total } : (shown.figures.get(of) ?? NO_FIGURE);
  const counted = atlas.counted === "user";
  return (
    <dl class="numbers">
      <div>
        <dt>{counted ? "People" : "Conversations"}</dt>
        <dd>
          <CountText value={figure.count?.conversations} />
        </dd>
      </div>
      {!counted && (
        <div>
          <dt>People</dt>
          <dd>{atlas.users === null ? "unknown" : <CountText value={figure.count?.users} />}</dd>
        </div>
      )}
      {!everything && (
        <div>
          <dt>Share</dt>
          <dd>
            <ShareText value={figure.share} />
          </dd>
        </div>
      )}
      {!everything && tellsGrowth(atlas, filter) && (
        <div>
          <dt>Growth</dt>
          <dd>
            <GrowthText growth={figure.growth} period={timeOf(atlas)} />
          </dd>
        </div>
      )}
      {!everything && tellsConcern(atlas, filter) && (
        <div>
          <dt>Mean concern</dt>
          <dd>
            <ConcernText concern={figure.concern} />
          </dd>
        </div>
      )}
    </dl>
  );
}
