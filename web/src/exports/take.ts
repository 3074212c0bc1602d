import { download, TYPES } from "./download";
import type { PictureFormat, SheetFormat } from "./formats";
import { toParquet } from "./parquet";
import { pngOf } from "./png";
import { type Provenance, type Sheet, toCsv, toJson } from "./tabular";

/** Hands over a table as a file; `name` is without the ending. */
export function takeSheet(name: string, format: SheetFormat, sheet: Sheet, provenance: Provenance): void {
  download(`${name}.${format}`, written(format, sheet, provenance), TYPES[format]);
}

/** Hands over a picture that is drawn as SVG; `name` is without the ending. */
export async function takePicture(name: string, format: PictureFormat, svg: string): Promise<void> {
  download(`${name}.${format}`, format === "svg" ? svg : await pngOf(svg), TYPES[format]);
}

function written(format: SheetFormat, sheet: Sheet, provenance: Provenance): Blob | string {
  if (format === "csv") return toCsv(sheet, provenance);
  if (format === "json") return toJson(sheet, provenance);
  return new Blob([toParquet(sheet, { clioscope: JSON.stringify(provenance) })], { type: TYPES.parquet });
}
