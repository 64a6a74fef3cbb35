import { announce } from './announce.js';
import { at, form, json } from './api.js';
import { toggle } from './controls.js';
import { el, fill } from './dom.js';
import { icon } from './icons.js';
import { closePhoto, openPhoto } from './photo.js';
import { Problem } from './problem.js';
import { leastQuality, refusal } from './quality.js';
import { counted, nameFromFile } from './words.js';
import { acceptDrops, dropPlace } from './zone.js';

/** @typedef {{file: File, name: HTMLInputElement, status: HTMLElement, row: HTMLElement, state: 'waiting' | 'done' | 'failed'}} Row */

/** Photos that are under way at once. */
const lanes = 2;

/**
 * Registers many photos, each under a name taken from its file's or typed.
 * @param {{collection: () => ?string, person?: string, done: () => void}} options With `person` all are that person's.
 */
export function registerPanel({ collection, person, done }) {
  /** @type {Row[]} */
  let rows = [];
  let isWorking = false;
  const list = el('ul.uploads');
  const keep = toggle('Keep the photos', {
    hint: 'Off, the server keeps only the numbers that describe a face, never the picture. On, it stores the photo too, to show it here, until you delete the person.',
  });
  const largest = toggle('Take the largest face', { hint: 'Where a photo shows several; otherwise such a photo is refused.' });
  const spoofing = toggle('Anti-spoofing', { hint: 'Refuses photos of photos, screens and masks.' });
  const good = toggle('Good pictures only', { hint: 'Refuses faces that are too small, blurred, turned away, badly lit or half hidden to be told apart well.' });
  const everyone = el('input', { type: 'text', autocomplete: 'off', maxLength: 500, 'aria-label': 'One name for all photos', placeholder: 'One name for all' });
  everyone.addEventListener('input', () => {
    for (const { name, file, state } of rows) if (state !== 'done') name.value = everyone.value || nameFromFile(file.name);
  });
  const start = el('button.primary.large', { type: 'button', onclick: register }, 'Register');
  const clear = el('button', { type: 'button', onclick: () => { rows = []; update(); } }, 'Clear the list');
  const outcome = el('p', { role: 'status' });
  const place = el('div.stack', {},
    dropPlace({ label: person === undefined ? 'Photos of people' : `Photos of ${person}`, hint: 'As many as you like: drop, paste, or choose files', many: true, take: add }),
    person === undefined ? el('div.field.everyone', {}, everyone) : null,
    list, el('div.panel', {}, keep.element, largest.element, spoofing.element, good.element, el('div.actions.start', {}, start, clear)), outcome);
  acceptDrops(place, add, true);

  /** @param {File[]} files */
  function add(files) {
    const added = files.map((file) => {
      const name = el('input', {
        type: 'text', value: person ?? (everyone.value || nameFromFile(file.name)), autocomplete: 'off', spellcheck: 'false', maxLength: 500,
        'aria-label': `Name of the person in ${file.name}`, readOnly: person !== undefined,
      });
      const status = el('p.hint.status', {}, person === undefined ? file.name : 'Waiting');
      /** @type {Row} */
      const row = { file, name, status, state: 'waiting', row: el('li') };
      const picture = el('span.face.initials', {}, icon('photo'));
      fill(row.row, picture, el('div', {}, person === undefined ? name : el('strong', {}, file.name), status),
        el('button.quiet', { type: 'button', 'aria-label': `Leave out ${file.name}`, title: 'Leave out', onclick: () => { rows = rows.filter((other) => other !== row); update(); } }, icon('cross')));
      return { row, picture };
    });
    rows = [...rows, ...added.map(({ row }) => row)];
    fill(outcome);
    update();
    showPictures(added.map(({ row, picture }) => ({ file: row.file, picture })));
  }

  function update() {
    if (list.childElementCount !== rows.length || rows.some(({ row }, index) => list.children[index] !== row)) fill(list, rows.map(({ row }) => row));
    const left = rows.filter(({ state }) => state !== 'done').length;
    start.disabled = isWorking || !left || !collection();
    start.textContent = left ? `Register ${counted(left, 'photo')}` : 'Register';
    clear.hidden = !rows.length || isWorking;
    everyone.parentElement?.toggleAttribute('hidden', rows.length < 2);
  }

  async function register() {
    const within = collection();
    if (!within || isWorking) return;
    const todo = rows.filter(({ state }) => state !== 'done');
    const nameless = todo.find(({ name }) => !name.value.trim());
    if (nameless) {
      say(nameless, 'Type a name first.', 'failed');
      nameless.name.focus();
      return;
    }
    isWorking = true;
    update();
    const sent = { keep_photo: keep.on || null, max_faces: largest.on ? 1 : null, anti_spoofing: spoofing.on || null, min_quality: good.on ? leastQuality : null };
    const line = [...todo];
    await Promise.all(Array.from({ length: lanes }, async () => {
      for (let row = line.shift(); row; row = line.shift()) await registerOne(within, row, sent);
    }));
    isWorking = false;
    update();
    const failed = todo.filter(({ state }) => state === 'failed').length;
    const text = failed === 0 ? `${counted(todo.length, 'photo')} registered.`
      : `${counted(todo.length - failed, 'photo')} registered, ${counted(failed, 'photo')} not; the list says why.`;
    fill(outcome, text);
    announce(text);
    done();
  }

  /**
   * @param {string} within
   * @param {Row} row
   * @param {Record<string, any>} sent
   */
  async function registerOne(within, row, sent) {
    say(row, 'Registering…', 'waiting');
    row.row.setAttribute('aria-busy', 'true');
    const name = row.name.value.trim();
    let photo;
    try {
      if (name === '.' || name === '..') throw new Problem('A name of dots alone cannot stand in an address; choose another', { status: 400 });
      photo = await openPhoto(row.file);
      /** @type {import('./types.js').Registered} */
      const { samples, rejected = [] } = await json(at(within, 'people', name, 'samples'), { body: form({ image: photo, ...sent }) });
      const others = rejected.length ? ` ${counted(rejected.length, 'poor face')} left out.` : '';
      say(row, samples.some(({ is_new: isNew }) => isNew) ? `Registered as ${name}.${others}` : `Was registered as ${samples[0]?.person ?? name} before; nothing changed.`, 'done');
    } catch (error) {
      say(row, error instanceof Problem ? refusal(error) : 'This page failed to send the photo.', 'failed');
    } finally {
      if (photo) closePhoto(photo);
      row.row.removeAttribute('aria-busy');
    }
  }

  update();
  return { element: place, add, update };
}

/**
 * @param {Row} row
 * @param {string} text
 * @param {Row['state']} state
 */
function say(row, text, state) {
  row.state = state;
  row.row.className = state;
  row.name.readOnly = state === 'done' || row.name.readOnly;
  fill(row.status, state === 'waiting' ? null : icon(state === 'done' ? 'check' : 'alert'), el('span', {}, text));
}

/**
 * Small pictures of files, one after the other.
 * @param {{file: File, picture: HTMLElement}[]} added
 */
async function showPictures(added) {
  for (const { file, picture } of added) {
    try {
      const whole = await createImageBitmap(file, { imageOrientation: 'from-image' });
      const side = Math.min(whole.width, whole.height);
      const canvas = el('canvas.face', { width: 96, height: 96, 'aria-hidden': 'true' });
      canvas.getContext('2d')?.drawImage(whole, (whole.width - side) / 2, (whole.height - side) / 4, side, side, 0, 0, 96, 96);
      whole.close();
      picture.replaceWith(canvas);
    } catch { /* it stays without; registering says why */ }
  }
}
