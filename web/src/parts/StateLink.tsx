import type { ComponentChildren } from "preact";
import { type Change, useStore } from "../state/store";

interface Props {
  readonly to: Change;
  readonly current?: boolean;
  readonly className?: string;
  readonly children: ComponentChildren;
}

/** A link to another state: followed at once, and by the browser itself where a new window is wanted. */
export function StateLink({ to, current = false, className, children }: Props) {
  const store = useStore();
  return (
    <a
      class={className}
      href={store.link(to)}
      aria-current={current ? "page" : undefined}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        store.set(to);
      }}
    >
      {children}
    </a>
  );
}
