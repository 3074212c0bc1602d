/** Pictures of the map. Loaded apart from the rest of the page. */
export { exportPng } from "./png";
export { exportSvg } from "./svg";
