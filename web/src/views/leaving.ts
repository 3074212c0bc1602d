import { createContext } from "preact";
import type { Session } from "../api";

/** Called once a session has ended, with what it began with: nothing of what it showed stays on the page. */
export const LeavingContext = createContext<(by: Session["by"]) => void>(() => {});
