import type { Privacy } from "../api";
import { formatNumber } from "./words";

/** Why figures are missing, in general: never why one of them is. */
export function whyNotReleased(privacy: Privacy): string {
  const { min_users: users, min_conversations: conversations, users_known: known } = privacy.thresholds;
  if (privacy.thresholds["epsilon"] !== undefined) {
    return "Figures are counted with noise. What does not stand out of it, or was not counted, is not released.";
  }
  const least = [
    known !== false && typeof users === "number" && users > 1 ? `${formatNumber(users)} people` : null,
    typeof conversations === "number" && conversations > 1
      ? `${formatNumber(conversations)} conversations`
      : null,
  ].filter((part) => part !== null);
  if (least.length === 0) return "A figure that is not released was not counted, or is nothing.";
  return (
    `Figures about fewer than ${least.join(" or ")} are not released, nor others from which they could be worked out; ` +
    "what is empty looks the same."
  );
}
