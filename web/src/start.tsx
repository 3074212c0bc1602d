import { render } from "preact";
import { remembering } from "./source/remembering";
import type { Source } from "./source/source";
import { createStore, StoreContext } from "./state/store";
import { App } from "./views/App";
import { type LoadWork, WorkContext } from "./views/work_context";

/** Draws the page over `source`. `loadWork` brings what people do beside looking; a report has nothing of it. */
export function start(source: Source, loadWork: LoadWork | null): void {
  const root = document.getElementById("app");
  if (!root) return;
  const store = createStore(window, source.first);
  render(
    <StoreContext.Provider value={store}>
      <WorkContext.Provider value={loadWork}>
        <App source={remembering(source)} />
      </WorkContext.Provider>
    </StoreContext.Provider>,
    root,
  );
}
