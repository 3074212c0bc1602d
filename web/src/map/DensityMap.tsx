import { useEffect, useId, useImperativeHandle, useMemo, useRef, useState } from "preact/hooks";
import { Controls } from "./Controls";
import { MapController, type Pointed } from "./controller";
import { chooseConversationsPerDot } from "./dots/placement";
import { handleOf, takenIn } from "./handle";
import { DEFAULT_TEXT, defaultLegend } from "./legend";
import "./map.css";
import type { DensityMapProps } from "./props";
import { Tooltip } from "./Tooltip";
import { themeVariables } from "./theme";

/** A dot-density map of clusters. The tree and the table are its equals, and hold as text all that it shows. */
export function DensityMap(props: DensityMapProps) {
  const container = useRef<HTMLDivElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const drawing = useRef<HTMLDivElement>(null);
  const labels = useRef<HTMLDivElement>(null);
  const controller = useRef<MapController | null>(null);
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const description = useId();
  const text = { ...DEFAULT_TEXT, ...props.text };

  useEffect(() => {
    if (!stage.current || !drawing.current || !labels.current) return;
    const elements = { stage: stage.current, drawing: drawing.current, labels: labels.current };
    const taken = () => takenIn(container.current);
    const made = new MapController({ ...elements, taken, onPointed: setPointed }, props);
    controller.current = made;
    return () => {
      made.destroy();
      controller.current = null;
    };
  }, []);

  useEffect(() => controller.current?.update(props));

  useImperativeHandle(props.handle ?? null, () => handleOf(() => controller.current), []);

  const { bins, conversationsPerDot: asked } = props;
  const conversationsPerDot = useMemo(() => asked ?? chooseConversationsPerDot(bins), [bins, asked]);
  const told = pointed?.id ? props.tooltip?.(pointed.id) : null;
  return (
    <div class="map" ref={container} style={themeVariables(props.theme)} data-still={props.reducedMotion}>
      <div
        class="map-stage"
        ref={stage}
        role="application"
        tabIndex={0}
        aria-label={text.name}
        aria-describedby={description}
        data-pointing={pointed !== null && !pointed.byKeys}
        onBlur={() => controller.current?.onPoint(null)}
      >
        <div class="map-drawing" ref={drawing} aria-hidden="true" />
        <div class="map-labels" ref={labels} aria-hidden="true" />
        {pointed?.byKeys && <div class="map-crosshair" aria-hidden="true" />}
      </div>
      <p class="map-hidden" id={description}>
        {text.description}
      </p>
      <p class="map-hidden" aria-live="polite">
        {pointed?.byKeys && told ? [told.title, ...told.lines].join(". ") : ""}
      </p>
      {pointed && told && <Tooltip text={told} at={pointed.at} room={container.current} />}
      <p class="map-legend">{(props.legend ?? defaultLegend)(conversationsPerDot)}</p>
      <Controls text={text} controller={() => controller.current} />
    </div>
  );
}
