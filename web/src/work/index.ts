/** What people do beside looking. Not a part of reports, and loaded apart from the rest of the page. */
export { ClusterWork } from "./ClusterWork";
export { EditNotice } from "./edits/EditNotice";
export { EditsView } from "./edits/EditsView";
export { HomeView } from "./runs/HomeView";
export { ReviewView } from "./review/ReviewView";
