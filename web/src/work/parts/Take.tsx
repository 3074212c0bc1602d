import { FORMAT_NAMES, type PictureFormat, type SheetFormat } from "../../exports/formats";
import { Problem } from "./Problem";
import { useSending } from "./sending";

interface Props {
  /** What is taken, as in "Review queue". */
  readonly title: string;
  readonly formats: readonly (SheetFormat | PictureFormat)[];
  readonly take: (format: SheetFormat | PictureFormat) => Promise<void>;
}

/** Buttons that take what is shown along as a file. */
export function Take({ title, formats, take }: Props) {
  const { sending, problem, send } = useSending();
  return (
    <div class="take">
      <span class="take-label" aria-hidden="true">
        Export
      </span>
      <span class="button-row">
        {formats.map((format) => (
          <button
            key={format}
            type="button"
            class="button small"
            disabled={sending}
            aria-label={`${title} as ${format.toUpperCase()}`}
            onClick={() => void send(() => take(format))}
          >
            {FORMAT_NAMES[format]}
          </button>
        ))}
      </span>
      <Problem text={problem} />
    </div>
  );
}
