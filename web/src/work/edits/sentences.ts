import type { EditEntry } from "../../api";

/** A part of a sentence: words of the page's own, or a name. */
export type Part = string | { readonly name: string };

/** What an edit did, in a sentence of parts. */
export function sentenceOf({ kind, edit, about }: EditEntry): Part[] {
  const names = about.map((name) => ({ name }));
  const [first = { name: "" }, second = { name: "" }] = names;
  switch (kind) {
    case "rename":
      if (edit?.kind !== "rename") return ["Renamed ", first];
      return edit.name === null
        ? ["Gave back the published name of ", first]
        : ["Renamed ", first, " to ", { name: edit.name }];
    case "describe":
      return edit?.kind === "describe" && edit.description === null
        ? ["Gave back the published description of ", first]
        : ["Described ", first];
    case "hide":
      return ["Hid ", first];
    case "show":
      return ["Showed ", first, " again"];
    case "merge":
      return ["Merged ", ...listed(names.slice(0, -1)), " into ", names.at(-1) ?? first];
    case "separate":
      return ["Showed ", first, " by itself again"];
    case "move":
      return ["Moved ", first, " under ", second];
    case "undo":
      return ["Undid the last edit that stood"];
    case "redo":
      return ["Made the edit again that was undone last"];
  }
}

function listed(names: readonly Part[]): Part[] {
  return names.flatMap((name, i) => (i === 0 ? [name] : [", ", name]));
}

/** Whether an edit still stands, in words. */
export function standing({ state, fit }: EditEntry): string {
  if (state === "undone") return "undone";
  if (state === "does not fit") return "does not fit";
  if (state === "step" || fit === null || fit === "this release") return "";
  return fit === "same hierarchy" ? "from an earlier release" : "from an earlier release, found by words";
}
