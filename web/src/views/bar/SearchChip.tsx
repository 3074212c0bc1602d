import { Icon } from "../../parts/Icon";
import { Name } from "../../parts/Name";
import { useAddress, useStore } from "../../state/store";

/** The search that all views follow, with a button that takes it back. */
export function SearchChip({ found }: { found: number | null }) {
  const { search } = useAddress();
  const store = useStore();
  if (search === "") return null;
  return (
    <div class="chip">
      <span class="cut" role="status">
        <Name text={`“${search}”`} />
        {found !== null && `: ${found} found`}
      </span>
      <button
        type="button"
        class="icon-button"
        aria-label="Take the search back"
        onClick={() => store.set({ search: "" })}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
