import { useEffect } from "preact/hooks";
import type { Session } from "../../api";
import { mayOnEvery } from "../../model/may";
import type { Source } from "../../source/source";
import { useAddress } from "../../state/store";
import { AccessView } from "../access/AccessView";
import { LogView } from "../log/LogView";
import { RunsView } from "./RunsView";
import { StartView } from "./StartView";

export interface HomeProps {
  readonly source: Source;
  readonly session: Session;
  /** The actions that the person's role allows on what is of no run, and those on some run at least. */
  readonly may: ReadonlySet<string>;
  readonly mayOnSome: ReadonlySet<string>;
}

/** What there is beside single atlases. */
export function HomeView(props: HomeProps) {
  const { home } = useAddress();
  useEffect(() => {
    document.title = "Clioscope";
  }, []);
  const { source, session, may, mayOnSome } = props;
  if (home === "start" && may.has("start_runs")) return <StartView source={source} />;
  if (home === "log" && mayOnSome.has("read_audit_log"))
    return <LogView mayVerify={mayOnEvery(session, "read_audit_log")} />;
  if (home === "access" && mayOnSome.has("make_tokens")) return <AccessView session={session} />;
  return <RunsView {...props} />;
}
