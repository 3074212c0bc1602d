import { FORMAT_NAMES, SHEET_FORMATS, type SheetFormat } from "../../exports/formats";

interface Props {
  readonly title: string;
  /** Where the server makes the file, and writes down that it did. */
  readonly addressOf: (format: SheetFormat) => string;
  readonly note?: string;
}

/** A table that the server makes a file of. */
export function TakeFromServer({ title, addressOf, note }: Props) {
  return (
    <div class="take">
      <span class="take-label" aria-hidden="true">
        Export
      </span>
      <span class="button-row">
        {SHEET_FORMATS.map((format) => (
          <a
            key={format}
            class="button small"
            href={addressOf(format)}
            download
            aria-label={`${title} as ${format.toUpperCase()}`}
          >
            {FORMAT_NAMES[format]}
          </a>
        ))}
      </span>
      {note && <span class="note">{note}</span>}
    </div>
  );
}
