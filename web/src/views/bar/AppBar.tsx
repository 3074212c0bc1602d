import type { ComponentChildren } from "preact";
import type { Session } from "../../api";
import { Name } from "../../parts/Name";
import { INITIAL } from "../../state/state";
import { useStore } from "../../state/store";
import { Account } from "./Account";

interface Props {
  /** The run that is open. */
  readonly title: string | null;
  readonly live: boolean;
  /** Who is signed in, once that is known. */
  readonly session?: Session | null;
  readonly children?: ComponentChildren;
}

/** The top of every page: where one is, and the way back to the runs. */
export function AppBar({ title, live, session = null, children }: Props) {
  const store = useStore();
  const mark = (
    <>
      <svg class="logo" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true" focusable="false">
        <rect width="32" height="32" rx="7" />
        <circle cx="11" cy="12" r="4.5" />
        <circle cx="21.5" cy="10" r="2.5" />
        <circle cx="20" cy="21" r="5.5" />
        <circle cx="9.5" cy="22.5" r="2" />
      </svg>
      <span class="brand-name">Clioscope</span>
    </>
  );
  return (
    <header class="app-bar">
      {live ? (
        <a
          class="brand"
          href="#/"
          aria-label="Clioscope: all runs"
          onClick={(event) => {
            event.preventDefault();
            store.set({ ...INITIAL });
          }}
        >
          {mark}
        </a>
      ) : (
        <span class="brand">{mark}</span>
      )}
      {title !== null && (
        <h1 class="run-name cut">
          <Name text={title} />
        </h1>
      )}
      {children}
      {session && <Account session={session} />}
    </header>
  );
}
