import { useLayoutEffect, useRef } from "preact/hooks";
import type { TooltipText } from "./props";
import { clamp, type Point } from "./view";

interface Given {
  readonly text: TooltipText;
  readonly at: Point;
  /** What it must not reach out of. */
  readonly room: HTMLElement | null;
}

const AWAY = 14;

/** What is pointed at, beside the pointer. The same is read out elsewhere when keys point. */
export function Tooltip({ text, at, room }: Given) {
  const box = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element || !room) return;
    const [width, height] = [element.offsetWidth, element.offsetHeight];
    const rightOf = at.x + AWAY + width <= room.clientWidth ? at.x + AWAY : at.x - AWAY - width;
    const below = at.y + AWAY + height <= room.clientHeight ? at.y + AWAY : at.y - AWAY - height;
    const x = clamp(rightOf, 4, Math.max(room.clientWidth - width - 4, 4));
    const y = clamp(below, 4, Math.max(room.clientHeight - height - 4, 4));
    element.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  });

  return (
    <div class="map-tooltip" ref={box} aria-hidden="true">
      <strong>
        <bdi dir="auto">{text.title}</bdi>
      </strong>
      {text.lines.map((line) => (
        <div key={line}>
          <bdi dir="auto">{line}</bdi>
        </div>
      ))}
    </div>
  );
}
