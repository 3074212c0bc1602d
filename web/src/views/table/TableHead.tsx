import { useAddress, useStore } from "../../state/store";
import type { Column } from "./columns";

/** The heads of the columns: buttons that order the rows. */
export function TableHead({ columns }: { columns: readonly Column[] }) {
  const { sort } = useAddress();
  const store = useStore();
  return (
    <div role="rowgroup" class="table-head">
      <div role="row" class="table-row" aria-rowindex={1}>
        {columns.map(({ key, label }) => {
          const active = sort.by === key;
          return (
            <div
              role="columnheader"
              key={key}
              class={`cell-${key}`}
              aria-sort={active ? (sort.descending ? "descending" : "ascending") : undefined}
            >
              <button
                type="button"
                class="head-button"
                onClick={() =>
                  store.set({ sort: { by: key, descending: active ? !sort.descending : key !== "name" } })
                }
              >
                {label}
                <span class="direction" aria-hidden="true">
                  {active ? (sort.descending ? "↓" : "↑") : ""}
                </span>
              </button>
            </div>
          );
        })}
      </div>
    </div>
  );
}
