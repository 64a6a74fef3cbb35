import { announce } from './announce.js';
import { at, form, json } from './api.js';
import { collectionChoice } from './collection-choice.js';
import { entry, toggle } from './controls.js';
import { el, fill } from './dom.js';
import { icon } from './icons.js';
import { heading, nothing } from './parts.js';
import { cutFace } from './photo.js';
import { photoTask } from './photo-task.js';
import { problemCard } from './problem-card.js';
import { distanceScale } from './scale.js';
import { loadCollections } from './server.js';
import { watch } from './store.js';
import { thumbnail } from './thumbnail.js';
import { counted, percent, short } from './words.js';

/** @typedef {import('./types.js').SearchedFace} SearchedFace */
/** @typedef {import('./types.js').Match} Match */

/** Who of a collection is in a photo? */
export function searchView() {
  const { zone, place, button, again, receive } = photoTask({ action: 'Search', words: 'Searching…', empty: nothing('search', 'Who is found stands here.'), isReady: () => !!collection.value, work: search });
  const collection = collectionChoice({ changed: again });
  const most = entry('Matches a face', { type: 'number', value: '5', min: 1, max: 100, changed: again });
  const beyond = toggle('Show others, too', { hint: 'Those beyond the threshold, who are probably somebody else.', changed: again });
  const spoofing = toggle('Anti-spoofing', { hint: 'Refuses photos of photos, screens and masks.', changed: again });

  /** @type {import('./photo-task.js').Work} */
  async function search(photo, signal, draw) {
    const within = collection.value ?? '';
    /** @type {{faces: SearchedFace[]}} */
    const { faces } = await json(at(within, 'search'), {
      body: form({ image: photo, k: most.value || null, beyond_threshold: beyond.on || null, anti_spoofing: spoofing.on || null }), signal,
    });
    draw(faces.map(({ facial_area: area, matches }, index) => (isSame(matches[0])
      ? { area, label: matches[0].person, tone: 'match' } : { area, label: faces.length > 1 ? `Face ${index + 1}` : '', tone: 'plain' })));
    announce(`${counted(faces.length, 'face')}. ${faces.map(({ matches }) => (isSame(matches[0]) ? matches[0].person : 'nobody known')).join(', ')}.`);
    return el('div.stack', {}, faces.map((face, index) => faceCard(face, cutFace(photo, face.facial_area, `Face ${index + 1} of the photo`), index, faces.length, within)));
  }

  const empty = el('div.problem.calm', { hidden: true }, icon('people'), el('div', {}, el('strong', {}, 'No collection yet'),
    el('p', {}, 'Searching looks among the people of a collection. ', el('a', { href: '#people' }, 'Make one and register people'), ' first.')));
  watch(({ collections }) => { empty.hidden = !collections || collections.length > 0; });

  return {
    title: 'Search',
    element: el('section.view', {}, heading('Who is this?', 'A photo against the people of a collection; each face is looked for on its own.'),
      el('div.split', {},
        el('div.stack', {}, empty, zone.element,
          el('div.panel', {}, el('div.fields', {}, collection.element, most.element), beyond.element, spoofing.element, button)),
        place)),
    async enter() {
      try {
        await loadCollections();
      } catch (error) {
        fill(place, problemCard(error, () => this.enter()));
      }
    },
    receive,
  };
}

/** @param {Match | undefined} match */
const isSame = (match) => !!match && match.distance <= match.threshold;

/**
 * @param {SearchedFace} face
 * @param {Element} picture
 * @param {number} index
 * @param {number} count
 * @param {string} collection
 */
function faceCard({ matches }, picture, index, count, collection) {
  /** @type {Map<string, Match[]>} */
  const people = new Map();
  for (const match of matches) people.set(match.person, [...(people.get(match.person) ?? []), match]);
  const best = isSame(matches[0]) ? matches[0] : null;
  return el('article.card', {},
    el('div.face-head', {}, picture, el('div', {},
      el('p.hint', {}, count > 1 ? `Face ${index + 1}` : 'The face'),
      el('h2', {}, best ? best.person : 'Nobody known'),
      best ? null : el('p', {}, `Nobody in “${collection}” is within the threshold.`))),
    people.size ? el('ol.matches', {}, [...people.values()].map((found) => matchRow(found, collection))) : null);
}

/**
 * A person's nearest sample, and how many more match.
 * @param {Match[]} found
 * @param {string} collection
 */
function matchRow(found, collection) {
  const [match] = found;
  const { target_x: x, target_y: y, target_w: w, target_h: h } = match;
  const area = x !== undefined && y !== undefined && w && h ? { x, y, w, h } : undefined;
  return el('li', {},
    thumbnail({ collection, id: match.id, person: match.person, hasPhoto: match.has_photo, area }),
    el('div.match-name', {},
      el('a', { href: `#people/${encodeURIComponent(collection)}/${encodeURIComponent(match.person)}` }, match.person),
      el('span.hint', {}, found.length > 1 ? `nearest of ${counted(found.length, 'photo')}` : match.img_name)),
    el('div.match-numbers', {}, distanceScale(match.distance, match.threshold, { small: true }),
      el('p.hint', {}, `distance ${short(match.distance)} · ${isSame(match) ? `${percent(match.confidence)} confidence` : 'probably somebody else'}`)));
}
