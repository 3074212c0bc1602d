export const SHEET_FORMATS = ["csv", "json", "parquet"] as const;
export type SheetFormat = (typeof SHEET_FORMATS)[number];

export const PICTURE_FORMATS = ["svg", "png"] as const;
export type PictureFormat = (typeof PICTURE_FORMATS)[number];

export const FORMAT_NAMES: Record<SheetFormat | PictureFormat, string> = {
  csv: "CSV",
  json: "JSON",
  parquet: "Parquet",
  svg: "SVG",
  png: "PNG",
};
