/** Mouse, touch, pen, wheel and keys on the map, told as what they mean. */

import type { Point } from "./view";

export interface Gestures {
  /** The map is moved by so many CSS pixels. `smooth`: by a key, and not by a hand that shows the way. */
  onPan(dx: number, dy: number, smooth: boolean): void;
  /** Zoom by a factor around a point; `null`: around the middle. */
  onZoom(factor: number, point: Point | null, smooth: boolean): void;
  onFit(): void;
  /** A click or a tap; `null`: Enter, for what is in the middle. */
  onChoose(point: Point | null): void;
  onEscape(): void;
  /** The pointer is over a point of the map, or left it. */
  onPoint(point: Point | null): void;
  /** A key moved the map: what is in the middle is pointed at. */
  onKeys(): void;
}

const CLICK_DISTANCE = 5;
const KEY_PAN = 90;
const KEY_ZOOM = 1.6;
const WHEEL_RATE = 0.0022;
const TRACKPAD_RATE = 0.012;
const LARGE_WHEEL_STEP = 50;

/** Listens on an element; what it returns ends that. */
export function listenToGestures(element: HTMLElement, gestures: Gestures): () => void {
  const pointers = new Map<number, Point>();
  let pressed: Point | null = null;
  let dragged = false;

  const at = (event: MouseEvent): Point => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    pointers.set(event.pointerId, at(event));
    if (pointers.size === 1) [pressed, dragged] = [at(event), false];
    else dragged = true;
    element.setPointerCapture(event.pointerId);
  };

  const move = (event: PointerEvent) => {
    const point = at(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      gestures.onPoint(event.pointerType === "touch" ? null : point);
      return;
    }
    if (pressed && Math.hypot(point.x - pressed.x, point.y - pressed.y) > CLICK_DISTANCE) dragged = true;
    if (!dragged) return;
    gestures.onPoint(null);
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    pointers.set(event.pointerId, point);
    if (other) pinch(before, point, other);
    else gestures.onPan(point.x - before.x, point.y - before.y, false);
  };

  const pinch = (before: Point, after: Point, other: Point) => {
    const middle = (point: Point) => ({ x: (point.x + other.x) / 2, y: (point.y + other.y) / 2 });
    const length = (point: Point) => Math.max(Math.hypot(point.x - other.x, point.y - other.y), 1);
    const [from, to] = [middle(before), middle(after)];
    gestures.onPan(to.x - from.x, to.y - from.y, false);
    gestures.onZoom(length(after) / length(before), to, false);
  };

  const up = (event: PointerEvent) => {
    if (!pointers.delete(event.pointerId)) return;
    if (pointers.size === 0 && !dragged && event.type === "pointerup") gestures.onChoose(at(event));
  };

  const leave = () => gestures.onPoint(null);

  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : 33;
    const delta = event.deltaY * lines;
    const large = Math.abs(delta) >= LARGE_WHEEL_STEP;
    const rate = event.ctrlKey && !large ? TRACKPAD_RATE : WHEEL_RATE;
    gestures.onZoom(Math.exp(-Math.min(Math.max(delta, -300), 300) * rate), at(event), large);
  };

  const doubleClick = (event: MouseEvent) => gestures.onZoom(event.shiftKey ? 0.5 : 2, at(event), true);

  const key = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== element) return;
    const act = keyActions(gestures)[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };

  const listeners: [string, (event: never) => void, AddEventListenerOptions?][] = [
    ["pointerdown", down],
    ["pointermove", move],
    ["pointerup", up],
    ["pointercancel", up],
    ["pointerleave", leave],
    ["wheel", wheel, { passive: false }],
    ["dblclick", doubleClick],
    ["keydown", key],
  ];
  for (const [name, listener, options] of listeners) {
    element.addEventListener(name, listener as EventListener, options);
  }
  return () => {
    for (const [name, listener] of listeners) element.removeEventListener(name, listener as EventListener);
  };
}

function keyActions(gestures: Gestures): Partial<Record<string, () => void>> {
  const pan = (dx: number, dy: number) => () => {
    gestures.onPan(dx * KEY_PAN, dy * KEY_PAN, true);
    gestures.onKeys();
  };
  const zoom = (factor: number) => () => {
    gestures.onZoom(factor, null, true);
    gestures.onKeys();
  };
  return {
    ArrowLeft: pan(1, 0),
    ArrowRight: pan(-1, 0),
    ArrowUp: pan(0, 1),
    ArrowDown: pan(0, -1),
    "+": zoom(KEY_ZOOM),
    "=": zoom(KEY_ZOOM),
    "-": zoom(1 / KEY_ZOOM),
    _: zoom(1 / KEY_ZOOM),
    "0": () => {
      gestures.onFit();
      gestures.onKeys();
    },
    Enter: () => gestures.onChoose(null),
    " ": () => gestures.onChoose(null),
    Escape: () => gestures.onEscape(),
  };
}
