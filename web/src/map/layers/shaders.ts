import { REACH, SHAPES } from "../shapes";
import { STRENGTHS } from "./layer";
import { FARTHEST } from "./stamps";

/** Places a dot; its colour and shape are looked up, so that recolouring changes one byte a dot. */
export const VERTEX_SHADER = `#version 300 es
precision highp float;
layout(location = 0) in vec2 place;
layout(location = 1) in uvec2 paint;
uniform vec2 size;
uniform vec2 corner;
uniform float scale;
uniform float radius;
uniform float opacity;
uniform float strengths[${STRENGTHS.length}];
uniform bool shapes;
uniform sampler2D swatches;
flat out vec4 color;
flat out float shape;
flat out float side;
void main() {
  vec4 swatch = texelFetch(swatches, ivec2(int(paint.x), 0), 0);
  float alpha = opacity * strengths[paint.y];
  color = vec4(swatch.rgb * alpha, alpha);
  shape = shapes ? floor(swatch.a * 255.0 + 0.5) : 0.0;
  side = 2.0 * (shapes ? radius * ${REACH.toFixed(3)} : radius + 0.5) + 1.0;
  vec2 pixel = place * scale + corner;
  gl_Position = vec4(pixel.x / size.x * 2.0 - 1.0, 1.0 - pixel.y / size.y * 2.0, 0.0, 1.0);
  gl_PointSize = side;
}`;

/** Covers as much of a pixel as the shape does: discs by their equation, others by their distance pictures. */
export const FRAGMENT_SHADER = `#version 300 es
precision highp float;
uniform float radius;
uniform bool shapes;
uniform sampler2D pictures;
flat in vec4 color;
flat in float shape;
flat in float side;
out vec4 painted;
void main() {
  vec2 away = (gl_PointCoord - 0.5) * side;
  float distance = length(away) - radius;
  if (shapes) {
    vec2 at = away / (radius * ${(2 * REACH).toFixed(3)}) + 0.5;
    if (any(lessThan(at, vec2(0.0))) || any(greaterThan(at, vec2(1.0)))) discard;
    float near = texture(pictures, vec2((at.x + shape) / ${SHAPES.length.toFixed(1)}, at.y)).r;
    distance = (near * 2.0 - 1.0) * ${FARTHEST.toFixed(2)} * radius;
  }
  float covered = clamp(0.5 - distance, 0.0, 1.0);
  if (covered == 0.0) discard;
  painted = color * covered;
}`;
