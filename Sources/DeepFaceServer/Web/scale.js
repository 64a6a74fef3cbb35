import { el } from './dom.js';
import { short } from './words.js';

/**
 * A distance on a line from 0, with the threshold up to which it is the same person.
 * @param {number} distance
 * @param {number} threshold
 * @param {{small?: boolean}} options
 */
export function distanceScale(distance, threshold, { small = false } = {}) {
  const end = Math.max(threshold * 2, distance * 1.1) || 1;
  const place = (/** @type {HTMLElement} */ element, /** @type {number} */ value) => {
    element.style.left = `${Math.min(100, (100 * value) / end)}%`;
    return element;
  };
  const same = el('span.same');
  same.style.width = `${(100 * threshold) / end}%`;
  const marker = place(el(`span.marker${distance <= threshold ? '.match' : ''}`), distance);
  const limit = place(el('span.limit'), threshold);
  const words = `Distance ${short(distance)} on a scale from 0 to ${short(end)}; up to the threshold ${short(threshold)} it is the same person.`;
  if (small) return el('div.scale.small', { role: 'img', 'aria-label': words }, same, limit, marker);
  const above = place(el('span.above', {}, `distance ${short(distance)}`), distance);
  const below = place(el('span.below', {}, `threshold ${short(threshold)}`), threshold);
  for (const [label, value] of /** @type {[HTMLElement, number][]} */ ([[above, distance], [below, threshold]])) {
    if (value / end < 0.15) label.classList.add('from-left');
    else if (value / end > 0.85) label.classList.add('from-right');
  }
  return el('div.scale', { role: 'img', 'aria-label': words }, above, same, limit, marker,
    el('span.zero', {}, '0'), below);
}
