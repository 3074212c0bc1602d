import { Name } from "../../parts/Name";
import type { Part } from "./sentences";

/** A sentence with names in it, each isolated from what stands around it. */
export function Said({ parts }: { parts: readonly Part[] }) {
  return (
    <>
      {parts.map((part, i) =>
        typeof part === "string" ? (
          part
        ) : (
          <span key={i} class="quoted">
            “<Name text={part.name} />”
          </span>
        ),
      )}
    </>
  );
}
