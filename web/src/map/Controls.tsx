import type { MapController } from "./controller";
import type { MapText } from "./props";

const STEP = 1.8;

interface Given {
  readonly text: MapText;
  readonly controller: () => MapController | null;
}

/** What dragging, the wheel and keys do, for those who use none of them. */
export function Controls({ text, controller }: Given) {
  return (
    <div class="map-controls">
      <Control name={text.zoomIn} path="M3 8h10M8 3v10" act={() => controller()?.onZoom(STEP, null, true)} />
      <Control name={text.zoomOut} path="M3 8h10" act={() => controller()?.onZoom(1 / STEP, null, true)} />
      <Control
        name={text.fit}
        path="M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3"
        act={() => controller()?.onFit()}
      />
    </div>
  );
}

function Control({ name, path, act }: { name: string; path: string; act: () => void }) {
  return (
    <button type="button" aria-label={name} title={name} onClick={act}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <path d={path} fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" />
      </svg>
    </button>
  );
}
