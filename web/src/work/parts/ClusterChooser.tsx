import { useId, useState } from "preact/hooks";
import type { Cluster } from "../../api";
import { byWords } from "../../model/searching";
import { formatNumber } from "../../model/words";
import { Name, printable } from "../../parts/Name";

const MOST = 8;

interface Props {
  readonly label: string;
  readonly clusters: readonly Cluster[];
  readonly chosen: Cluster | null;
  readonly onChoose: (cluster: Cluster | null) => void;
}

/** One of many clusters, by typing the beginnings of words of its name: a combobox. */
export function ClusterChooser({ label, clusters, chosen, onChoose }: Props) {
  const id = useId();
  const [typed, setTyped] = useState("");
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const options = optionsFor(clusters, typed);
  const at = Math.min(active, options.length - 1);
  const choose = (cluster: Cluster) => {
    onChoose(cluster);
    setTyped(printable(cluster.name).slice(0, 120));
    setOpen(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setActive(open && options.length > 0 ? (at + step + options.length) % options.length : 0);
      setOpen(true);
    } else if (event.key === "Enter" && open) {
      event.preventDefault();
      const option = options[at];
      if (option) choose(option);
    } else if (event.key === "Escape" && open) {
      event.stopPropagation();
      setOpen(false);
    }
  };
  return (
    <div class="chooser" onFocusOut={(event) => leaves(event) && setOpen(false)}>
      <label class="stacked">
        <span>{label}</span>
        <input
          type="text"
          role="combobox"
          aria-expanded={open}
          aria-controls={id}
          aria-autocomplete="list"
          aria-activedescendant={open && options[at] ? `${id}-${at}` : undefined}
          autocomplete="off"
          spellcheck={false}
          maxLength={200}
          placeholder="Type a part of its name"
          value={typed}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            if (chosen) onChoose(null);
            setActive(0);
            setOpen(true);
          }}
          onClick={() => setOpen(true)}
          onKeyDown={onKeyDown}
        />
      </label>
      <ul id={id} role="listbox" aria-label={label} class="chooser-options" hidden={!open}>
        {options.map((cluster, i) => (
          <li
            key={cluster.id}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === at}
            class="option"
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => choose(cluster)}
          >
            <span class="option-name cut">
              <Name text={cluster.name} />
            </span>
            <span class="option-more figure">
              {cluster.conversations !== null && formatNumber(cluster.conversations)}
            </span>
          </li>
        ))}
      </ul>
      {open && options.length === 0 && <p class="note">No cluster has a name with that.</p>}
    </div>
  );
}

/** The largest, or those that hold what was typed, best first. */
export function optionsFor(clusters: readonly Cluster[], typed: string): Cluster[] {
  if (typed.trim() === "") return clusters.slice(0, MOST);
  const byId = new Map(clusters.map((cluster) => [cluster.id, cluster]));
  return byWords(clusters, typed)
    .flatMap(({ id }) => byId.get(id) ?? [])
    .slice(0, MOST);
}

const leaves = (event: FocusEvent) =>
  !(event.currentTarget as HTMLElement).contains(event.relatedTarget as Node | null);
