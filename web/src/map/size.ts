/** Calls with the size in CSS pixels, also where only the number of the device's pixels for each changed. */
export function watchSize(
  element: HTMLElement,
  changed: (width: number, height: number) => void,
): () => void {
  let known = "";
  let query: MediaQueryList | null = null;
  const measure = () => {
    const now = [element.clientWidth, element.clientHeight, window.devicePixelRatio].join();
    if (now === known) return;
    known = now;
    changed(element.clientWidth, element.clientHeight);
  };
  const watchRatio = () => {
    query?.removeEventListener("change", watchRatio);
    query = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    query.addEventListener("change", watchRatio);
    measure();
  };
  const observer = new ResizeObserver(measure);
  observer.observe(element);
  watchRatio();
  return () => {
    observer.disconnect();
    query?.removeEventListener("change", watchRatio);
  };
}
