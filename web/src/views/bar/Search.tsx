import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Cluster, Found } from "../../api";
import { formatNumber } from "../../model/words";
import { EditedMark } from "../../parts/EditedMark";
import { Icon } from "../../parts/Icon";
import { Name } from "../../parts/Name";
import { useAddress, useStore } from "../../state/store";
import { useOpened } from "../atlas_context";
import { useSelect } from "../select";
import { useFound } from "../useFound";

const MOST_OPTIONS = 8;
const TYPING_ENDS_MS = 160;

/** Search over names and descriptions: a combobox with what was found, and Enter to keep the search for all views. */
export function Search() {
  const { search } = useAddress();
  const { hierarchy, source } = useOpened();
  const store = useStore();
  const select = useSelect();
  const [typed, setTyped] = useState(search);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const listId = useId();
  const input = useRef<HTMLInputElement>(null);
  const asked = useSettled(typed.trim());
  const { results, problem, current } = useFound(open ? asked : "");
  const options = results.flatMap((found) => {
    const cluster = hierarchy.byId.get(found.id);
    return cluster ? [{ found, cluster }] : [];
  });
  const shown = options.slice(0, MOST_OPTIONS);
  const showing = open && typed.trim() !== "";
  useEffect(() => setTyped(search), [search]);

  const keep = (text: string) => {
    store.set({ search: text.trim() });
    setOpen(false);
    setActive(-1);
  };
  const choose = (cluster: Cluster) => {
    select(cluster.id);
    setOpen(false);
    setActive(-1);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      setActive((at) =>
        shown.length === 0 ? -1 : (at + step + shown.length + (at < 0 && step < 0 ? 1 : 0)) % shown.length,
      );
    } else if (event.key === "Enter") {
      const option = showing ? shown[active] : undefined;
      if (option) choose(option.cluster);
      else keep(typed);
    } else if (event.key === "Escape") {
      if (open) setOpen(false);
      else keep("");
      event.stopPropagation();
    }
  };

  return (
    <div
      class="search"
      role="search"
      onFocusOut={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOpen(false);
      }}
    >
      <Icon name="search" />
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label={source.live ? "Search by words and meaning" : "Search by words"}
        placeholder={source.live ? "Search by words or meaning" : "Search by words"}
        aria-expanded={showing}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={showing && active >= 0 ? `${listId}-${active}` : undefined}
        autocomplete="off"
        spellcheck={false}
        maxLength={200}
        value={typed}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          setOpen(true);
          setActive(-1);
        }}
        onFocus={() => setOpen(true)}
        onKeyDown={onKeyDown}
      />
      {typed !== "" && (
        <button
          type="button"
          class="icon-button"
          aria-label="Clear the search"
          onClick={() => {
            setTyped("");
            keep("");
            input.current?.focus();
          }}
        >
          <Icon name="close" />
        </button>
      )}
      <div class="search-results" hidden={!showing}>
        <ul id={listId} role="listbox" aria-label="Clusters found">
          {shown.map(({ found, cluster }, i) => (
            <Option
              key={cluster.id}
              id={`${listId}-${i}`}
              found={found}
              cluster={cluster}
              active={i === active}
              onChoose={() => choose(cluster)}
            />
          ))}
        </ul>
        <p class="note" role="status">
          {problem ?? (current ? resultText(options.length) : "Searching…")}
        </p>
      </div>
    </div>
  );
}

function resultText(count: number): string {
  if (count === 0) return "Nothing was found.";
  const more = count > MOST_OPTIONS ? `The first ${MOST_OPTIONS} of ${formatNumber(count)}. ` : "";
  return `${more}Enter shows ${count === 1 ? "it" : `all ${formatNumber(count)}`} in every view.`;
}

interface OptionProps {
  readonly id: string;
  readonly found: Found;
  readonly cluster: Cluster;
  readonly active: boolean;
  readonly onChoose: () => void;
}

function Option({ id, found, cluster, active, onChoose }: OptionProps) {
  const { hierarchy } = useOpened();
  const parent = cluster.parent_id === null ? undefined : hierarchy.byId.get(cluster.parent_id);
  return (
    <li
      id={id}
      role="option"
      aria-selected={active}
      class="option"
      onPointerDown={(event) => event.preventDefault()}
      onClick={onChoose}
    >
      <span class="option-name cut">
        <Name text={cluster.name} />
        <EditedMark cluster={cluster} />
      </span>
      <span class="option-more cut">
        {found.by === "meaning" && <span class="badge">by meaning</span>}
        {parent && (
          <>
            in <Name text={parent.name} />
          </>
        )}
        {cluster.conversations !== null && <span class="figure"> {formatNumber(cluster.conversations)}</span>}
      </span>
    </li>
  );
}

/** `text` once nothing was typed for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), TYPING_ENDS_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
