import { useId, useState } from "preact/hooks";
import { filterName } from "../../model/filtering";
import { levelName } from "../../model/words";
import { Icon } from "../../parts/Icon";
import { useAddress } from "../../state/store";
import { useOpened } from "../atlas_context";
import { ColourField, labelOf } from "./ColourField";
import { FacetField } from "./FacetField";
import { FilterFields } from "./FilterFields";
import { LevelField } from "./LevelField";
import { SearchChip } from "./SearchChip";

interface Props {
  readonly wide: boolean;
  readonly level: number;
  /** How many clusters the search found. */
  readonly found: number | null;
}

/** What is shown, and in which colours; on narrow screens behind a button that says it in a line. */
export function Tools({ wide, level, found }: Props) {
  const { view } = useAddress();
  const [open, setOpen] = useState(false);
  const id = useId();
  const fields = (
    <>
      <FacetField />
      <LevelField level={level} />
      <ColourField />
      <FilterFields />
    </>
  );
  return (
    <section class="tools" aria-label="What is shown" hidden={view === "privacy" || view === "edits"}>
      {wide ? (
        fields
      ) : (
        <>
          <button
            type="button"
            class="button small tools-toggle"
            aria-expanded={open}
            aria-controls={id}
            onClick={() => setOpen(!open)}
          >
            <span class="cut">
              <Summary level={level} />
            </span>
            <Icon name="sliders" />
          </button>
          <div id={id} class="tool-fields" hidden={!open}>
            {fields}
          </div>
        </>
      )}
      <SearchChip found={found} />
    </section>
  );
}

function Summary({ level }: { level: number }) {
  const { hierarchy } = useOpened();
  const { colour, filter } = useAddress();
  const parts = [
    levelName(level, hierarchy.levels.length),
    `coloured by ${labelOf(colour).toLowerCase()}`,
    ...(filter ? [filterName(filter)] : []),
  ];
  return <>{parts.join(" · ")}</>;
}
