import type { Colouring } from "../../model/colouring";
import { Mark } from "../../parts/Mark";
import { Name } from "../../parts/Name";
import { setHovered } from "../../state/hover";
import { useAddress } from "../../state/store";
import { useSelect } from "../select";

/** Characters of a label that may not fit. */
const LONG = 40;

interface Props {
  readonly colouring: Colouring;
  /** Whether some of the map is drawn faintly. */
  readonly faint: boolean;
  /** Whose clusters the colours tell of. */
  readonly level: number;
}

/** What the colours and shapes stand for. An entry that is a cluster selects it. */
export function Legend({ colouring, faint, level }: Props) {
  const select = useSelect();
  const { cluster, filter } = useAddress();
  const why = colouring.why(level);
  return (
    <div class="legend">
      <h2 class="legend-title">{colouring.title}</h2>
      <ul>
        {colouring.entries.map(({ swatch, label, cluster: id }) => {
          const found = colouring.swatches[swatch];
          const inside = (
            <>
              {found && <Mark swatch={found} />}
              <span class="two-lines" title={label.length > LONG ? label.slice(0, 300) : undefined}>
                <Name text={label} />
              </span>
            </>
          );
          return (
            <li key={id ?? label}>
              {id === undefined ? (
                inside
              ) : (
                <button
                  type="button"
                  class="legend-button"
                  aria-pressed={cluster === id}
                  onClick={() => select(cluster === id ? null : id)}
                  onMouseEnter={() => setHovered(id)}
                  onMouseLeave={() => setHovered(null)}
                >
                  {inside}
                </button>
              )}
            </li>
          );
        })}
      </ul>
      {why && <p class="note">{why}</p>}
      {faint && <p class="note">Faint: {filter ? "not released under the filter" : "not found"}.</p>}
    </div>
  );
}
