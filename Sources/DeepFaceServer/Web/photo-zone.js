import { el, fill } from './dom.js';
import { icon } from './icons.js';
import { drawFaces } from './overlay.js';
import { closePhoto, openPhoto } from './photo.js';
import { problemCard } from './problem-card.js';
import { acceptDrops, dropPlace, fileButton } from './zone.js';
import { grouped } from './words.js';

/** @typedef {import('./photo.js').Photo} Photo */

/**
 * A place for one photo, which is shown with faces drawn over it.
 * @param {{label: string, limit?: number, changed: (photo: ?Photo) => void}} options
 */
export function photoZone({ label, limit, changed }) {
  /** @type {?Photo} */
  let photo = null;
  let turn = 0;
  const layer = el('div.layer');
  const place = el('section.zone', { 'aria-label': label });
  const empty = dropPlace({ label, take: ([file]) => take(file) });
  acceptDrops(place, ([file]) => take(file), false);
  fill(place, empty);

  /** @param {File} file */
  async function take(file) {
    const mine = ++turn;
    place.setAttribute('aria-busy', 'true');
    place.querySelector('.problem')?.remove();
    try {
      const opened = await openPhoto(file, limit);
      if (mine !== turn) return closePhoto(opened);
      if (photo) closePhoto(photo);
      photo = opened;
      show(photo);
      changed(photo);
    } catch (error) {
      if (mine !== turn) return;
      place.append(problemCard(error));
    } finally {
      if (mine === turn) place.removeAttribute('aria-busy');
    }
  }

  function remove() {
    turn += 1;
    if (photo) closePhoto(photo);
    photo = null;
    fill(place, empty);
    changed(null);
    place.querySelector('input')?.focus();
  }

  /** @param {Photo} shown */
  function show(shown) {
    const focused = place.contains(document.activeElement);
    const frame = el('div.photo', {}, el('img', { src: shown.url, alt: `${label}: ${shown.name}`, draggable: false }), layer);
    frame.style.setProperty('--ratio', String(shown.width / shown.height));
    fill(layer);
    const change = fileButton('Change', ([file]) => take(file), { drawing: 'photo', label: `${label}: change` });
    fill(place, el('div.backdrop', {}, frame),
      el('div.zone-bar', {},
        el('div.zone-name', {}, el('span.name', { title: shown.name }, shown.name), el('span.hint', {}, `${grouped(shown.width)} × ${grouped(shown.height)}`)),
        change,
        el('button.quiet', { type: 'button', onclick: remove, 'aria-label': `${label}: remove`, title: 'Remove' }, icon('cross'))),
      shown.note ? el('p.hint.note', { role: 'status' }, shown.note) : null);
    if (focused) change.querySelector('input').focus();
  }

  return {
    element: place,
    get photo() { return photo; },
    take,
    /** @param {import('./overlay.js').Drawn[]} faces */
    draw: (faces) => { if (photo) drawFaces(layer, photo, faces); },
  };
}
