import { el, svg } from './dom.js';

/**
 * A face to draw: where it is, what stands above it, and in which tone.
 * @typedef {{area: import('./types.js').Area, label?: string, tone?: 'match' | 'plain' | 'bad'}} Drawn
 */

const points = /** @type {const} */ (['left_eye', 'right_eye', 'nose', 'mouth_left', 'mouth_right']);

/**
 * Draws faces over a photo or video of the given size, in place of those drawn before.
 * @param {HTMLElement} layer Lies over the picture, as large as it.
 * @param {{width: number, height: number}} size
 * @param {Drawn[]} faces
 * @param {{mirrored?: boolean}} options
 */
export function drawFaces(layer, { width, height }, faces, { mirrored = false } = {}) {
  const drawing = svg('svg', { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  const labels = [];
  for (const { area, label, tone = 'match' } of faces) {
    const x = mirrored ? width - area.x - area.w : area.x;
    const { y, w, h } = area;
    const corner = Math.min(w, h) * 0.22;
    const corners = `M${x} ${y + corner}V${y}H${x + corner}M${x + w - corner} ${y}H${x + w}V${y + corner}`
      + `M${x + w} ${y + h - corner}V${y + h}H${x + w - corner}M${x + corner} ${y + h}H${x}V${y + h - corner}`;
    const dots = points.map((name) => area[name]).map((point) =>
      (point ? `M${mirrored ? width - point[0] : point[0]} ${point[1]}h.01` : '')).join('');
    drawing.append(svg('g', { class: `drawn ${tone}` },
      svg('path', { class: 'halo', d: corners }),
      svg('rect', { x, y, width: w, height: h }),
      svg('path', { class: 'corners', d: corners }),
      svg('path', { class: 'dot-halo', d: dots }),
      svg('path', { class: 'dots', d: dots })));
    if (label) {
      const tag = el(`span.tag.${tone}`, {}, label);
      const isBelow = y / height < 0.12;
      const middle = (x + w / 2) / width;
      tag.classList.toggle('below-face', isBelow);
      tag.style.top = `${(100 * Math.min(isBelow ? y + h : y, height * 0.9)) / height}%`;
      if (middle > 0.8) tag.style.right = `${Math.max(0, 100 - (100 * (x + w)) / width)}%`;
      else {
        tag.classList.toggle('centred', middle > 0.2);
        tag.style.left = `${Math.max(0, middle > 0.2 ? 100 * middle : (100 * x) / width)}%`;
      }
      labels.push(tag);
    }
  }
  layer.replaceChildren(drawing, ...labels);
}
