/** Where the server was not told where conversations are. */
export function HowToStart() {
  return (
    <section class="how-to">
      <h2>How to start one from here</h2>
      <p>
        For that the server has to serve a folder of runs, and to know where conversations are. Stop it, and
        start it again with <code>--data</code>:
      </p>
      <pre>
        <code>clioscope serve runs --data /srv/conversations</code>
      </pre>
      <p class="note">
        Files in that folder, and none elsewhere, can then be chosen in this page by whoever may start runs.
      </p>
    </section>
  );
}
