import type { Home } from "../../state/state";
import { INITIAL } from "../../state/state";
import { useAddress } from "../../state/store";
import { StateLink } from "../../parts/StateLink";

const LINKS: readonly {
  readonly home: Home;
  readonly label: string;
  readonly action: string;
  readonly onSome: boolean;
}[] = [
  { home: "runs", label: "Runs", action: "view", onSome: true },
  { home: "start", label: "Start a run", action: "start_runs", onSome: false },
  { home: "log", label: "Audit log", action: "read_audit_log", onSome: true },
  { home: "access", label: "Access", action: "make_tokens", onSome: true },
];

/** What there is beside the atlases, as far as the person may. */
export function HomeLinks({ may, mayOnSome }: Record<"may" | "mayOnSome", ReadonlySet<string>>) {
  const { home } = useAddress();
  const shown = LINKS.filter((link) => (link.onSome ? mayOnSome : may).has(link.action));
  if (shown.length < 2) return null;
  return (
    <nav class="home-links" aria-label="Beside the atlases">
      {shown.map((link) => (
        <StateLink key={link.home} to={{ ...INITIAL, home: link.home }} current={link.home === home}>
          {link.label}
        </StateLink>
      ))}
    </nav>
  );
}
