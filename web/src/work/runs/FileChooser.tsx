import type { FileEntry } from "../../api";
import { formatNumber } from "../../model/words";
import { useAsked } from "../../parts/asked";
import { Icon } from "../../parts/Icon";
import { Name } from "../../parts/Name";
import { useAddress, useStore } from "../../state/store";
import { askFiles } from "../asking";
import { Problem } from "../parts/Problem";
import { formatBytes, stepsOf } from "./files";

/** The folder of data, step by step; a file is chosen, or a whole folder. */
export function FileChooser() {
  const { folder, file } = useAddress();
  const store = useStore();
  const { value, problem, current } = useAsked(folder, () => askFiles(folder));
  const shown = value?.path === folder ? value : null;
  const open = (path: string) => store.set({ folder: path });
  const choose = (path: string) => store.set({ file: path }, true);
  return (
    <div class="chooser-box">
      <div class="chooser-head">
        <nav class="crumbs" aria-label="Folder">
          {stepsOf(folder).map((step) => (
            <button
              key={step.path}
              type="button"
              class="crumb"
              aria-current={step.path === folder ? "location" : undefined}
              onClick={() => open(step.path)}
            >
              {step.path === "" ? "Data" : <Name text={step.name} />}
            </button>
          ))}
        </nav>
        {folder !== "" && (
          <button
            type="button"
            class="button small"
            aria-pressed={file === folder}
            onClick={() => choose(folder)}
          >
            All of this folder
          </button>
        )}
      </div>
      <Problem text={current ? null : problem} />
      <ul class="files" aria-label="Files">
        {shown?.entries.map((entry) => (
          <li key={entry.path}>
            <Entry entry={entry} chosen={entry.path === file} onOpen={open} onChoose={choose} />
          </li>
        ))}
      </ul>
      {shown?.entries.length === 0 && <p class="empty">There is no file here.</p>}
      {shown?.more && (
        <p class="note chooser-note">
          There are more than these. Choose the folder, or sort them into folders.
        </p>
      )}
    </div>
  );
}

interface EntryProps {
  readonly entry: FileEntry;
  readonly chosen: boolean;
  readonly onOpen: (path: string) => void;
  readonly onChoose: (path: string) => void;
}

function Entry({ entry, chosen, onOpen, onChoose }: EntryProps) {
  const isFolder = entry.kind === "folder";
  return (
    <button
      type="button"
      class="file"
      aria-pressed={isFolder ? undefined : chosen}
      onClick={() => (isFolder ? onOpen(entry.path) : onChoose(entry.path))}
    >
      <Icon name={isFolder ? "folder" : "file"} />
      <span class="cut">
        <Name text={entry.name} />
      </span>
      <span class="note figure">
        {isFolder ? <span class="hidden">folder</span> : formatBytes(entry.size ?? 0, formatNumber)}
      </span>
      {isFolder ? <Icon name="chevron" /> : <span class="file-chosen">{chosen && <Icon name="done" />}</span>}
    </button>
  );
}
