const SCALE = 2;
/** Of the canvases that browsers draw, in pixels a side. */
const LARGEST = 32_000;

/** A picture in SVG as PNG, at two pixels for each of its own, or at as many as browsers can draw. */
export async function pngOf(svg: string): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const scale = Math.min(SCALE, LARGEST / Math.max(image.naturalWidth, image.naturalHeight));
    if (scale < 0.5) throw new Error("These are too many rows for a PNG. Export SVG instead.");
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.naturalWidth * scale);
    canvas.height = Math.round(image.naturalHeight * scale);
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
    if (!blob) throw new Error("This browser cannot draw a picture. Export SVG instead.");
    return blob;
  } finally {
    URL.revokeObjectURL(address);
  }
}
