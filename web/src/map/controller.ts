/** Holds the map's parts together: what is given goes to the layers, what hands and keys do goes out. */

import { DotBudget } from "./budget";
import { shownCluster } from "./clusters";
import { paintBins, paintDots, placesInOrder, sameValues } from "./dots/paint";
import { drawingOf } from "./drawing";
import type { Picture } from "./export/picture";
import { type Gestures, listenToGestures } from "./gestures";
import { anchorIn } from "./labels/anchor";
import { chooseLabels } from "./labels/choose";
import { type Box, layoutLabels, type PlacedLabel } from "./labels/layout";
import { Typesetter } from "./labels/typeset";
import { LayerKeeper } from "./layers/keeper";
import { defaultLegend } from "./legend";
import { Motion } from "./motion";
import { LabelLayer } from "./overlay/labels";
import { OutlineLayer } from "./overlay/outlines";
import type { DensityMapProps, Label, View } from "./props";
import { makeScene, type Scene } from "./scene";
import { watchSize } from "./size";
import {
  boundsOf,
  sameBounds,
  fitView,
  type Point,
  panBy,
  sameView,
  scaleOf,
  toPlace,
  type Viewport,
  viewOfBox,
  zoomAround,
} from "./view";

/** Where something points, and the cluster that is there, if any. */
export interface Pointed {
  readonly id: string | null;
  readonly at: Point;
  readonly byKeys: boolean;
}

export interface Hosts {
  readonly stage: HTMLElement;
  readonly drawing: HTMLElement;
  readonly labels: HTMLElement;
  /** Boxes that names must not lie under, in CSS pixels of the stage. */
  readonly taken: () => Box[];
  readonly onPointed: (pointed: Pointed | null) => void;
}

const WHEEL_MS = 180;
const KEY_MS = 160;
const FLIGHT_MS = 420;

/** CSS pixels from a dot from which it counts as pointed at: by hand, and by keys, which move in steps. */
const REACH = 7;
const REACH_OF_KEYS = 150;

export class MapController implements Gestures {
  private readonly layer: LayerKeeper;
  private readonly outlines: OutlineLayer;
  private readonly labelLayer: LabelLayer;
  private readonly typesetter = new Typesetter();
  private readonly budget = new DotBudget();
  private readonly motion: Motion;
  private readonly endings: (() => void)[];
  private scene: Scene;
  private viewport: Viewport;
  private placed: PlacedLabel[] = [];
  /** What the names were placed for. */
  private placedFor: readonly unknown[] = [];
  private pointed: Pointed | null = null;
  private pointer: Point | null = null;
  private told: View | null = null;
  /** How the dots of each bin are painted now. */
  private paint: Uint8Array | null = null;

  constructor(
    private readonly hosts: Hosts,
    private props: DensityMapProps,
  ) {
    this.layer = new LayerKeeper(hosts.drawing, () => this.motion.request());
    this.outlines = new OutlineLayer(hosts.drawing);
    this.labelLayer = new LabelLayer(hosts.labels);
    this.scene = sceneOf(props);
    this.viewport = { width: 0, height: 0, bounds: this.scene.bounds };
    this.motion = new Motion(props.view ?? fitView(this.viewport), {
      onFrame: (view, moving, now) => this.draw(view, moving, now),
      onRest: (view) => this.tellView(view),
    });
    this.showScene();
    this.showPaint();
    this.endings = [
      listenToGestures(hosts.stage, this),
      watchSize(hosts.stage, (width, height) => {
        this.viewport = { width, height, bounds: this.scene.bounds };
        this.typesetter.setWidth(width);
        this.motion.request();
      }),
      () => this.motion.stop(),
      () => this.layer.destroy(),
    ];
  }

  /** Takes what is given now; only what changed is made anew. */
  update(props: DensityMapProps): void {
    const before = this.props;
    this.props = props;
    const changed = (...names: (keyof DensityMapProps)[]) =>
      names.some((name) => props[name] !== before[name]);
    if (changed("bins", "lineage", "conversationsPerDot", "seed")) {
      const { bounds } = this.scene;
      this.scene = sceneOf(props);
      this.viewport = { ...this.viewport, bounds: this.scene.bounds };
      this.showScene();
      if (!sameBounds(bounds, this.scene.bounds)) this.motion.goTo(props.view ?? fitView(this.viewport), 0);
      this.showPaint();
    } else if (changed("coloring", "faint", "selected", "theme")) {
      this.showPaint();
    }
    if (changed("view") && props.view && !(this.told && sameView(props.view, this.told, true))) {
      this.motion.goTo(props.view, this.duration(FLIGHT_MS));
    }
    this.motion.request();
  }

  destroy(): void {
    for (const end of this.endings) end();
  }

  zoomTo(id: string): void {
    const place = this.scene.places.get(id);
    if (!place) return;
    this.motion.goTo(
      viewOfBox(boundsOf(this.scene.bins, place.bins), this.viewport),
      this.duration(FLIGHT_MS),
    );
  }

  /** What is on the screen now, to be exported. */
  picture(): Picture {
    const { coloring, faint, theme, selected, legend } = this.props;
    return {
      scene: this.scene,
      viewport: this.viewport,
      view: this.motion.view,
      coloring,
      faint,
      selected: this.selectedBins(),
      outline: selected === null ? "" : this.outlines.pathOf(selected),
      labels: this.placed,
      theme,
      legend: legend ?? defaultLegend,
    };
  }

  get conversationsPerDot(): number {
    return this.scene.dots.conversationsPerDot;
  }

  onPan(dx: number, dy: number, smooth: boolean): void {
    this.motion.goTo(panBy(this.motion.goal, dx, dy, this.viewport), smooth ? this.duration(KEY_MS) : 0);
  }

  onZoom(factor: number, point: Point | null, smooth: boolean): void {
    const goal = zoomAround(this.motion.goal, point ?? this.middle(), factor, this.viewport);
    this.motion.goTo(goal, smooth ? this.duration(WHEEL_MS) : 0);
  }

  onFit(): void {
    this.motion.goTo(fitView(this.viewport), this.duration(FLIGHT_MS));
  }

  onChoose(point: Point | null): void {
    this.props.onSelect(point ? this.clusterAt(point) : this.clusterAt(this.middle(), REACH_OF_KEYS));
  }

  onEscape(): void {
    this.point(null);
    this.props.onSelect(null);
  }

  onPoint(point: Point | null): void {
    this.pointer = point;
    if (this.motion.moving) return;
    const id = point && this.clusterAt(point);
    this.point(point && id !== null ? { id, at: point, byKeys: false } : null);
  }

  onKeys(): void {
    const at = this.middle();
    this.point({ id: this.clusterAt(at, REACH_OF_KEYS, this.motion.goal), at, byKeys: true });
  }

  private point(pointed: Pointed | null): void {
    const id = pointed?.id ?? null;
    if (id !== (this.pointed?.id ?? null)) this.props.onHover(id);
    if (pointed !== this.pointed) this.hosts.onPointed(pointed);
    this.pointed = pointed;
  }

  /** The cluster at a point: that of a name, or else of what lies there, of the level that the zoom tells apart. */
  private clusterAt(point: Point, reach = REACH, view: View = this.motion.view): string | null {
    const named = reach === REACH ? this.labelLayer.at(point.x, point.y) : null;
    if (named !== null) return named;
    const scale = scaleOf(view, this.viewport);
    const bin = this.scene.pick(toPlace(point, view, this.viewport), reach / scale);
    if (bin < 0) return null;
    return shownCluster(this.scene.lineage[this.scene.bins.cluster[bin] as number], this.scene.places, scale);
  }

  private draw(view: View, moving: boolean, now: number): void {
    const { width, height } = this.viewport;
    if (width === 0 || height === 0) return;
    if (!moving) this.budget.rest();
    else if (!this.pointed?.byKeys) this.point(null);
    const count = moving ? this.budget.next(now, this.scene.dots.count) : this.scene.dots.count;
    const ratio = moving && this.budget.coarse ? 1 : window.devicePixelRatio || 1;
    this.layer.draw(drawingOf(this.scene, view, this.viewport, ratio, count));
    const scale = scaleOf(view, this.viewport);
    this.outlines.move(scale, width / 2 - view.x * scale, height / 2 - view.y * scale);
    this.outlines.show(this.props.selected, this.props.hovered);
    this.placeLabels(view, scale);
  }

  private placeLabels(view: View, scale: number): void {
    const { labels, selected, hovered } = this.props;
    const given = [view.x, view.y, scale, this.viewport, this.scene, labels, selected];
    if (sameValues(given, this.placedFor)) {
      this.labelLayer.mark(selected, hovered);
      return;
    }
    this.placedFor = given;
    const { lineage, places } = this.scene;
    const chosen = chooseLabels(labels, lineage, places, scale, selected, this.labelLayer.written);
    const { width, height } = this.viewport;
    const space = { width, height, taken: this.hosts.taken() };
    const anchorOf = (label: Label) => anchorIn(this.scene, label, view, this.viewport);
    this.placed = layoutLabels(chosen, anchorOf, this.typesetter.set, space);
    this.labelLayer.show(this.placed, selected, hovered);
  }

  private showScene(): void {
    this.paint = null;
    this.layer.setPlaces(placesInOrder(this.scene.dots));
    this.outlines.setBins(this.scene.bins, this.scene.places);
  }

  private showPaint(): void {
    const { coloring, faint, theme } = this.props;
    this.layer.setSwatches(coloring.swatches, theme.background);
    const paint = paintBins(this.scene.bins, coloring, faint, this.selectedBins());
    // What is given anew is often what it was, as with each figure of a filter that arrives.
    if (this.paint && sameValues(paint, this.paint)) return;
    this.paint = paint;
    this.layer.setPaint(paintDots(this.scene.dots, paint));
  }

  private selectedBins(): readonly number[] | undefined {
    return this.props.selected === null ? undefined : this.scene.places.get(this.props.selected)?.bins;
  }

  private tellView(view: View): void {
    this.told = view;
    this.props.onView?.(view);
    if (this.pointer) this.onPoint(this.pointer);
  }

  private middle(): Point {
    return { x: this.viewport.width / 2, y: this.viewport.height / 2 };
  }

  private duration(milliseconds: number): number {
    return this.props.reducedMotion ? 0 : milliseconds;
  }
}

function sceneOf({ bins, lineage, conversationsPerDot, seed }: DensityMapProps): Scene {
  return makeScene(bins, lineage, conversationsPerDot, seed ?? 0);
}
