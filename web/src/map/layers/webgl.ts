/** Dots as points of WebGL 2. */

import { parseColor } from "../colors";
import type { Swatch } from "../props";
import { SHAPES } from "../shapes";
import type { DotLayer, Drawing } from "./layer";
import { STRENGTHS } from "./layer";
import { linkProgram } from "./program";
import { FRAGMENT_SHADER, VERTEX_SHADER } from "./shaders";
import { distancePictures, STAMP } from "./stamps";

const PLACE = 0;
const PAINT = 1;
const UNIFORMS = [
  "size",
  "corner",
  "scale",
  "radius",
  "opacity",
  "strengths",
  "shapes",
  "swatches",
  "pictures",
] as const;

/**
 * A layer, or `null` where there is no WebGL 2, or none that a GPU does: a processor that plays one takes several times
 * as long as it takes for the plain canvas. `onLost` is called when the browser takes the GPU away.
 */
export function webglLayer(onLost: () => void): DotLayer | null {
  const canvas = document.createElement("canvas");
  const gl = canvas.getContext("webgl2", {
    antialias: false,
    depth: false,
    stencil: false,
    alpha: true,
    failIfMajorPerformanceCaveat: true,
  });
  if (!gl) return null;
  if (isSoftware(gl)) {
    // Browsers allow a few contexts at once, and would keep this one until memory is tidied up.
    gl.getExtension("WEBGL_lose_context")?.loseContext();
    return null;
  }
  const program = linkProgram(gl, VERTEX_SHADER, FRAGMENT_SHADER, UNIFORMS);
  return program ? new WebglLayer(canvas, gl, program, onLost) : null;
}

const SOFTWARE = /swiftshader|llvmpipe|softpipe|basic render|software/i;

/** Some browsers give a context all the same; its name tells. */
function isSoftware(gl: WebGL2RenderingContext): boolean {
  const names = gl.getExtension("WEBGL_debug_renderer_info");
  return SOFTWARE.test(String(gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER)));
}

type Program = NonNullable<ReturnType<typeof linkProgram<(typeof UNIFORMS)[number]>>>;

class WebglLayer implements DotLayer {
  readonly kind = "webgl2";
  private readonly places: WebGLBuffer;
  private readonly paint: WebGLBuffer;
  private readonly swatches: WebGLTexture;

  constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly gl: WebGL2RenderingContext,
    private readonly program: Program,
    private readonly onLost: () => void,
  ) {
    canvas.addEventListener("webglcontextlost", this.lost);
    this.places = attribute(gl, PLACE, gl.FLOAT, false);
    this.paint = attribute(gl, PAINT, gl.UNSIGNED_BYTE, true);
    this.swatches = texture(gl, 0, gl.NEAREST);
    texture(gl, 1, gl.LINEAR);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    const width = STAMP * SHAPES.length;
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8, width, STAMP, 0, gl.RED, gl.UNSIGNED_BYTE, distancePictures());
    gl.useProgram(program.program);
    gl.uniform1i(program.uniforms.swatches, 0);
    gl.uniform1i(program.uniforms.pictures, 1);
    gl.uniform1fv(program.uniforms.strengths, STRENGTHS);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  setPlaces(places: Float32Array<ArrayBuffer>): void {
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.places);
    this.gl.bufferData(this.gl.ARRAY_BUFFER, places, this.gl.STATIC_DRAW);
  }

  setPaint(paint: Uint8Array<ArrayBuffer>): void {
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.paint);
    this.gl.bufferData(this.gl.ARRAY_BUFFER, paint, this.gl.DYNAMIC_DRAW);
  }

  setSwatches(swatches: readonly Swatch[]): void {
    const { gl } = this;
    const pixels = new Uint8Array(256 * 4);
    swatches.slice(0, 256).forEach(({ color, shape }, i) => {
      pixels.set([...parseColor(color), SHAPES.indexOf(shape)], i * 4);
    });
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.swatches);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
  }

  draw(drawing: Drawing): void {
    const { gl, canvas } = this;
    const { uniforms } = this.program;
    if (canvas.width !== drawing.width) canvas.width = drawing.width;
    if (canvas.height !== drawing.height) canvas.height = drawing.height;
    gl.viewport(0, 0, drawing.width, drawing.height);
    gl.uniform2f(uniforms.size, drawing.width, drawing.height);
    gl.uniform2f(uniforms.corner, drawing.left, drawing.top);
    gl.uniform1f(uniforms.scale, drawing.scale);
    gl.uniform1f(uniforms.radius, drawing.radius);
    gl.uniform1f(uniforms.opacity, drawing.opacity);
    gl.uniform1i(uniforms.shapes, drawing.shapes ? 1 : 0);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.drawArrays(gl.POINTS, 0, drawing.count);
  }

  destroy(): void {
    this.canvas.removeEventListener("webglcontextlost", this.lost);
    this.canvas.remove();
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  private readonly lost = (event: Event): void => {
    event.preventDefault();
    this.onLost();
  };
}

/** A buffer of two numbers a dot. */
function attribute(gl: WebGL2RenderingContext, index: number, type: number, integer: boolean): WebGLBuffer {
  const buffer = gl.createBuffer();
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.enableVertexAttribArray(index);
  if (integer) gl.vertexAttribIPointer(index, 2, type, 0, 0);
  else gl.vertexAttribPointer(index, 2, type, false, 0, 0);
  return buffer;
}

function texture(gl: WebGL2RenderingContext, unit: number, filter: number): WebGLTexture {
  const made = gl.createTexture();
  gl.activeTexture(gl.TEXTURE0 + unit);
  gl.bindTexture(gl.TEXTURE_2D, made);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, filter);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, filter);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  return made;
}
