import { PICTURE_FORMATS, type PictureFormat, SHEET_FORMATS, type SheetFormat } from "../../exports/formats";
import { type Exports, loadExports } from "../../exports/load";
import type { DrawnRows } from "../../exports/rows_chart";
import type { Sheet } from "../../exports/tabular";
import { pictureColours } from "../../parts/theme";
import { useOpened } from "../../views/atlas_context";
import { Take } from "./Take";

interface Props {
  /** What is taken, as in "Review queue", and what the file is called after. */
  readonly title: string;
  readonly what: string;
  /** Of what is shown. */
  readonly address: string;
  readonly sheet: () => Sheet;
  readonly rows: (exports: Exports) => DrawnRows;
}

/** What a view of an atlas shows, as a table or as a picture; nothing where the person's role is to look alone. */
export function TakeShown({ title, what, address, sheet, rows }: Props) {
  const { atlas, privacy, source, may } = useOpened();
  if (!may.has("export")) return null;
  const take = async (format: SheetFormat | PictureFormat) => {
    const made = await loadExports();
    const name = made.fileName(atlas, what);
    const provenance = made.atlasProvenance(atlas, privacy, address);
    if (format === "svg" || format === "png") {
      const drawn = made.rowsSvg(rows(made), made.provenanceLines(provenance), pictureColours());
      await made.takePicture(name, format, drawn);
    } else {
      made.takeSheet(name, format, sheet(), provenance);
    }
    source.exported(atlas.id, what, format);
  };
  return <Take title={title} formats={[...SHEET_FORMATS, ...PICTURE_FORMATS]} take={take} />;
}
