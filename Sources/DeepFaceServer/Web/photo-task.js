import { el, fill } from './dom.js';
import { photoZone } from './photo-zone.js';
import { task } from './task.js';

/**
 * What is done with a photo; `draw` draws faces over it.
 * @typedef {(photo: import('./photo.js').Photo, signal: AbortSignal, draw: (faces: import('./overlay.js').Drawn[]) => void)
 *   => Promise<Element | Element[]>} Work
 */

/**
 * A place for a photo, what is done with it as soon as it is there, and the place for what comes out, where `empty` is before.
 * @param {{label?: string, action: string, words: string, empty?: Element, isReady?: () => boolean, work: Work}} options
 */
export function photoTask({ label = 'Photo', action, words, empty, isReady = () => true, work }) {
  const place = el('section.result', { 'aria-label': 'Result' });
  const showEmpty = () => fill(place, empty);
  showEmpty();
  const again = () => { if (zone.photo && isReady()) running.run(); };
  const button = el('button.primary.large', { type: 'button', disabled: true, onclick: again }, action);
  const zone = photoZone({
    label,
    changed: (photo) => {
      button.disabled = !photo;
      running.clear();
      if (photo) again();
      else showEmpty();
    },
  });
  const running = task(place, words, async (signal) => {
    zone.draw([]);
    return zone.photo ? work(zone.photo, signal, zone.draw) : [];
  });
  return { zone, place, button, again, receive: (/** @type {File[]} */ files) => { zone.take(files[0]); } };
}
