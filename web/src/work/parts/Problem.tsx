/** Why something was not done; read out at once. */
export function Problem({ text }: { text: string | null }) {
  return <div role="alert">{text !== null && <p class="warning">{text}</p>}</div>;
}
