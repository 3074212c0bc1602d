import { useMemo, useState } from "preact/hooks";
import type { Session } from "../api";
import { createHierarchy } from "../model/hierarchy";
import { mayAnywhere, mayOn } from "../model/may";
import { useAsked } from "../parts/asked";
import type { Source } from "../source/source";
import { useAddress } from "../state/store";
import { OpenedContext } from "./atlas_context";
import { AppBar } from "./bar/AppBar";
import { Explorer } from "./Explorer";
import { HomeLinks } from "./bar/HomeLinks";
import { LeavingContext } from "./leaving";
import { SignedOut } from "./SignedOut";
import { useWork } from "./work_context";

/** The page: one atlas, or what there is beside. */
export function App({ source }: { source: Source }) {
  const { atlas } = useAddress();
  const [left, setLeft] = useState<Session["by"] | null>(null);
  if (left !== null) return <SignedOut by={left} />;
  return (
    <LeavingContext.Provider value={setLeft}>
      {atlas !== null ? <AtlasPage key={atlas} source={source} id={atlas} /> : <Home source={source} />}
    </LeavingContext.Provider>
  );
}

/** The runs, the way to start one, the audit log, and who may what. */
function Home({ source }: { source: Source }) {
  const { work, problem } = useWork();
  const session = useAsked("session", () => source.session());
  const may = useMemo(() => new Set(session.value?.may ?? []), [session.value]);
  const mayOnSome = useMemo(() => mayAnywhere(session.value), [session.value]);
  const wrong = problem ?? session.problem;
  return (
    <div class="page plain">
      <AppBar title={null} live={source.live} session={session.value}>
        <HomeLinks may={may} mayOnSome={mayOnSome} />
      </AppBar>
      {work && session.value ? (
        <work.HomeView source={source} session={session.value} may={may} mayOnSome={mayOnSome} />
      ) : (
        <main class="prose-page" id="main">
          {wrong ? <p class="warning">{wrong}</p> : <p role="status">Opening…</p>}
        </main>
      )}
    </div>
  );
}

function AtlasPage({ source, id }: { source: Source; id: string }) {
  const [round, setRound] = useState(0);
  const { value, problem } = useAsked(`${id} ${round}`, async () => {
    const [session, atlas, clusters, privacy] = await Promise.all([
      source.session(),
      source.atlas(id),
      source.clusters(id),
      source.privacy(id),
    ]);
    const may = mayOn(session, atlas.run);
    return {
      session,
      may,
      atlas,
      privacy,
      hierarchy: createHierarchy(clusters.clusters),
      edits: clusters.edits,
    };
  });
  const opened = useMemo(
    () =>
      value && {
        ...value,
        source,
        precision: { rounding: value.atlas.rounding, noise: value.atlas.noise },
        reload: () => {
          source.forget(id);
          setRound((before) => before + 1);
        },
      },
    [value, source, id],
  );
  if (opened) {
    return (
      <OpenedContext.Provider value={opened}>
        <Explorer />
      </OpenedContext.Provider>
    );
  }
  return (
    <div class="page plain">
      <AppBar title={null} live={source.live} />
      <main class="prose-page" id="main">
        {problem ? (
          <>
            <h1>This cannot be shown</h1>
            <p class="warning">{problem}</p>
            {source.live && (
              <p>
                <a href="#/">All runs</a>
              </p>
            )}
          </>
        ) : (
          <p role="status">Opening…</p>
        )}
      </main>
    </div>
  );
}
