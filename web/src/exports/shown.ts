import { type Atlas, type Cluster, EVERYTHING, type Privacy } from "../api";
import { comparisonSvg } from "./comparison_chart";
import { detailsSvg } from "./details_chart";
import { clusterSheet, comparisonSheet, detailsSheet } from "./sheets";
import type { Colours } from "./svg";
import { type Provenance, provenanceLines, type Sheet } from "./tabular";
import { cellsBy } from "../model/asking";
import { comparisonOf, namesOf } from "../model/comparing";
import { distributionOf } from "../model/distribution";
import { periodsOf } from "../model/figures";
import { besides, filterName, isHeld } from "../model/filtering";
import { sorted } from "../model/sorting";
import { unitOf, valueName } from "../model/words";
import type { Comparison, State } from "../state/state";
import { countEstimate } from "../statistics/share";
import { type Opened, type Shown, timeOf } from "../views/atlas_context";

/** What the exports of a view are made from. */
export interface Exported {
  readonly opened: Opened;
  readonly shown: Shown;
  /** The address's, with the filter and the search that are shown: the address may be ahead of them. */
  readonly state: State;
  /** Of `state`. */
  readonly address: string;
  readonly level: number;
  readonly found: ReadonlySet<string> | null;
}

export function provenanceOf({ opened, address }: Exported): Provenance {
  return atlasProvenance(opened.atlas, opened.privacy, address);
}

export function atlasProvenance(atlas: Atlas, privacy: Privacy, address: string): Provenance {
  return {
    clioscope: atlas.made_by.clioscope ?? "",
    run: atlas.run,
    facet: atlas.facet,
    digest: atlas.digest,
    query: address,
    thresholds: privacy.thresholds,
    guarantee: atlas.guarantee,
  };
}

/** Provenance as short lines below a picture. */
export function captionOf(exported: Exported): string[] {
  return provenanceLines(provenanceOf(exported));
}

export function shownClusters({ opened, shown, state, level, found }: Exported): Sheet {
  const all = opened.hierarchy.levels[level] ?? [];
  const kept = found ? all.filter((cluster) => found.has(cluster.id)) : all;
  return clusterSheet(sorted(kept, shown.figures, state.sort), shown.figures);
}

/** Every cluster in the order of the tree, those below a cluster right behind it. */
export function shownTree({ opened, shown, state, found }: Exported): Sheet {
  const { hierarchy } = opened;
  const within = new Set([...(found ?? [])].flatMap((id) => hierarchy.ancestors(id).map((one) => one.id)));
  const isShown = (id: string) => !found || found.has(id) || within.has(id);
  const branch = (cluster: Cluster): Cluster[] => [
    cluster,
    ...sorted(hierarchy.children(cluster.id), shown.figures, state.sort).flatMap(branch),
  ];
  const all = sorted(hierarchy.roots, shown.figures, state.sort).flatMap(branch);
  return clusterSheet(
    all.filter((cluster) => isShown(cluster.id)),
    shown.figures,
  );
}

async function comparedRows({ opened, state, level }: Exported, comparison: Comparison) {
  const { hierarchy, precision } = opened;
  const [a, b] = await Promise.all([
    cellsBy(opened, comparison.a.attribute, state.filter),
    comparison.b && cellsBy(opened, comparison.b.attribute, state.filter),
  ]);
  return comparisonOf(hierarchy.levels[level] ?? [], comparison, a, b, precision);
}

/** What both sides are called, each with the filter that it is under. */
function sidesOf({ state }: Exported, comparison: Comparison): { a: string; b: string } {
  const names = namesOf(comparison);
  const under = (name: string, attribute: string) => {
    const rest = besides(state.filter, attribute);
    return rest ? `${name}, under ${filterName(rest)}` : name;
  };
  const { a, b } = comparison;
  return { a: under(names.a, a.attribute), b: under(names.b, (b ?? a).attribute) };
}

export async function comparedSheet(exported: Exported, comparison: Comparison): Promise<Sheet> {
  return comparisonSheet(await comparedRows(exported, comparison), sidesOf(exported, comparison));
}

export async function comparedPicture(
  exported: Exported,
  comparison: Comparison,
  caption: string[],
  colours: Colours,
): Promise<string> {
  return comparisonSvg(
    await comparedRows(exported, comparison),
    sidesOf(exported, comparison),
    caption,
    colours,
  );
}

async function detailsOf({ opened, shown, state }: Exported) {
  const { atlas, hierarchy } = opened;
  const cluster = state.cluster === null ? undefined : hierarchy.byId.get(state.cluster);
  const id = cluster?.id ?? EVERYTHING;
  const count = cluster ? (shown.figures.get(id)?.count ?? null) : shown.total;
  const time = timeOf(atlas);
  const periods =
    time === null || !shown.time ? null : { attribute: time, periods: periodsOf(id, shown.time) };
  const others = atlas.attributes.filter(({ name }) => name !== time || isHeld(state.filter, name));
  const found = await Promise.all(
    others.map(async (attribute) => {
      const cells = await cellsBy(opened, attribute.name, state.filter);
      const distribution = distributionOf(attribute, id, cells);
      const under = besides(state.filter, attribute.name);
      return { attribute: attribute.name, under: under && filterName(under), distribution };
    }),
  );
  const distributions = found.flatMap(({ distribution, ...of }) =>
    distribution ? [{ ...of, distribution }] : [],
  );
  return { id, name: cluster?.name ?? "Everything together", count, periods, distributions };
}

export async function shownDetails(exported: Exported): Promise<Sheet> {
  const { id, name, count, periods, distributions } = await detailsOf(exported);
  const { filter } = exported.state;
  return detailsSheet({ id, name }, count, periods, distributions, filter && filterName(filter));
}

export async function detailsPicture(
  exported: Exported,
  caption: string[],
  colours: Colours,
): Promise<string> {
  const { name, periods, distributions } = await detailsOf(exported);
  const { precision } = exported.opened;
  const time = (periods?.periods ?? []).map(({ name: period, part }) => ({
    label: valueName(periods?.attribute ?? "", period),
    estimate: part && countEstimate(part, precision),
  }));
  const unit = unitOf(exported.opened.atlas);
  return detailsSvg({ title: name, unit, time, distributions }, caption, colours);
}
