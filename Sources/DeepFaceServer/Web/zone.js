import { el, newId } from './dom.js';
import { icon } from './icons.js';

/** Whether this is a device that is held, whose camera the browser opens by itself. */
const handheld = matchMedia('(pointer: coarse)').matches;

/**
 * A file input that looks like a button.
 * @param {string} text
 * @param {(files: File[]) => void} take
 * @param {{many?: boolean, camera?: boolean, drawing: 'camera' | 'photo', label?: string}} options
 */
export function fileButton(text, take, { many = false, camera = false, drawing, label }) {
  const input = el('input.unseen', { type: 'file', accept: 'image/*', multiple: many, 'aria-label': label ?? text, capture: camera ? 'user' : null });
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])];
    input.value = '';
    if (files.length) take(files);
  });
  return el('label.button', {}, icon(drawing), el('span', {}, text), input);
}

/**
 * Where photos are dropped, chosen or taken.
 * @param {{label: string, hint?: string, many?: boolean, take: (files: File[]) => void}} options
 */
export function dropPlace({ label, hint = handheld ? 'Tap to choose one' : 'Drop it here, paste it, or choose a file', many = false, take }) {
  const input = el('input.unseen', { type: 'file', accept: 'image/*', multiple: many, id: newId(), 'aria-label': `${label}: choose ${many ? 'files' : 'a file'}` });
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])];
    input.value = '';
    if (files.length) take(files);
  });
  return el('div.drop', {},
    el('label.drop-label', { htmlFor: input.id }, input, el('span.drop-icon', {}, icon('photo')), el('strong', {}, label), el('span.hint', {}, hint)),
    handheld ? fileButton('Take a photo', take, { camera: true, drawing: 'camera', label: `${label}: take a photo` }) : null);
}

/**
 * Takes files that are dropped on `place`, and marks it while they are over it.
 * @param {HTMLElement} place
 * @param {(files: File[]) => void} take
 * @param {boolean} many
 */
export function acceptDrops(place, take, many) {
  let depth = 0;
  const mark = () => place.classList.toggle('over', depth > 0);
  const carries = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes('Files');
  place.addEventListener('dragenter', (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    depth += 1;
    mark();
  });
  place.addEventListener('dragleave', () => {
    depth = Math.max(0, depth - 1);
    mark();
  });
  place.addEventListener('dragover', (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
  });
  place.addEventListener('drop', (event) => {
    depth = 0;
    mark();
    if (!carries(event)) return;
    event.preventDefault();
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length) take(many ? files : files.slice(0, 1));
  });
}
