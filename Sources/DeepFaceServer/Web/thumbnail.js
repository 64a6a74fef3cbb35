import { ask, at } from './api.js';
import { el } from './dom.js';
import { cutFace } from './photo.js';
import { initials } from './words.js';

/** @type {WeakMap<Element, () => void>} */
const loads = new WeakMap();
const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    loads.get(target)?.();
  }
}, { rootMargin: '100px' });

/** @param {string} name */
export const initialsOf = (name) => el('span.face.initials', { 'aria-hidden': 'true' }, initials(name));

/**
 * The face of a sample, fetched when it comes into sight; initials where its photo was not kept.
 * @param {{collection: string, id: number, person: string, hasPhoto: boolean, area?: {x: number, y: number, w: number, h: number}}} sample
 */
export function thumbnail({ collection, id, person, hasPhoto, area }) {
  const element = initialsOf(person);
  if (!hasPhoto) return element;
  loads.set(element, async () => {
    try {
      const response = await ask(at(collection, 'samples', id, 'photo'));
      const pixels = await createImageBitmap(await response.blob(), { imageOrientation: 'from-image' });
      const { width, height } = pixels;
      element.replaceWith(cutFace({ pixels, width, height }, area ?? { x: 0, y: 0, w: width, h: height }, `A photo of ${person}`));
      pixels.close();
    } catch { /* the initials stay */ }
  });
  seen.observe(element);
  return element;
}
