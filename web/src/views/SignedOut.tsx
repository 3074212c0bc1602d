import { useEffect, useRef } from "preact/hooks";
import type { Session } from "../api";
import { AppBar } from "./bar/AppBar";

/** In place of everything, once somebody has signed out; also what "back" leads to from the provider's page. */
export function SignedOut({ by }: { by: Session["by"] }) {
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = "Clioscope";
    main.current?.focus();
  }, []);
  return (
    <div class="page plain">
      <AppBar title={null} live={false} />
      <main class="prose-page" id="main" tabIndex={-1} ref={main}>
        <h1>Signed out</h1>
        {by === "sign-in" ? (
          <p>
            The session has ended. <a href="/login">Sign in again</a>
          </p>
        ) : (
          <p>The session has ended: the terminal prints another link when Enter is pressed there.</p>
        )}
      </main>
    </div>
  );
}
