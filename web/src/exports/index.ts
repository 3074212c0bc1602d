/** What makes files of what is shown. Loaded apart from the rest of the page. */
export { download, TYPES } from "./download";
export { privacyRows, privacySheet } from "./privacy_rows";
export { rowsSvg } from "./rows_chart";
export { fileName } from "./sheets";
export * from "./shown";
export { queueRows, tableRows, treeRows } from "./shown_rows";
export { provenanceLines } from "./tabular";
export { takePicture, takeSheet } from "./take";
