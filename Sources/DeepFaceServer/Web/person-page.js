import { announce } from './announce.js';
import { at, form, json } from './api.js';
import { el, fill } from './dom.js';
import { icon } from './icons.js';
import { removePerson, removeSample, renamePerson } from './person-dialogs.js';
import { photoTask } from './photo-task.js';
import { problemCard } from './problem-card.js';
import { registerPanel } from './register.js';
import { distanceScale } from './scale.js';
import { thumbnail } from './thumbnail.js';
import { counted, day, percent } from './words.js';

/** @typedef {import('./types.js').Person & {samples: import('./types.js').Sample[]}} Shown */

/**
 * One person: photos, more photos, and whether another photo shows them.
 * @param {{changed: () => void}} options
 */
export function personPage({ changed }) {
  const element = el('div.stack');

  /**
   * @param {string} collection
   * @param {string} name
   */
  async function show(collection, name) {
    const list = `#people/${encodeURIComponent(collection)}`;
    const back = el('a.back', { href: list }, icon('back'), `People of ${collection}`);
    const title = el('h1', { tabIndex: -1 }, name);
    const place = el('div.stack', { 'aria-busy': 'true' });
    const register = registerPanel({ collection: () => collection, person: name, done: () => { changed(); load(); } });
    receiver = register.add;
    const rename = async () => {
      const renamed = await renamePerson(collection, name);
      if (renamed) location.hash = `${list}/${encodeURIComponent(renamed)}`;
    };
    const actions = el('div.actions', {});
    fill(element, back, el('header.head.with-actions', {}, title, actions), place,
      el('details.card.adding', {}, el('summary', {}, icon('plus'), el('span', {}, 'Register more photos')), register.element),
      el('details.card.adding', {}, el('summary', {}, icon('verify'), el('span', {}, `Is it ${name}? Compare a photo`)), comparison(collection, name)));

    async function load() {
      try {
        /** @type {Shown} */
        const person = await json(at(collection, 'people', name));
        fill(actions, el('button', { type: 'button', onclick: rename }, icon('pen'), el('span', {}, 'Rename')),
          el('button.danger-quiet', { type: 'button', onclick: async () => {
            if (!await removePerson(collection, person)) return;
            changed();
            location.hash = list;
          } }, icon('bin'), el('span', {}, 'Delete')));
        fill(place, el('p.hint', {}, `${counted(person.faces, 'photo')}, registered since ${day(person.created)}`),
          el('ul.samples', {}, person.samples.map((sample) => sampleCard(collection, name, sample, async () => {
            if (!await removeSample(collection, name, sample, person.samples.length === 1)) return;
            // Cards that are still shown go by it until the list is there anew.
            person.samples = person.samples.filter(({ id }) => id !== sample.id);
            changed();
            if (person.samples.length) await load();
            else location.hash = list;
          }))));
      } catch (error) {
        fill(place, problemCard(error, load));
      } finally {
        place.removeAttribute('aria-busy');
      }
    }
    await load();
  }

  /** @type {(files: File[]) => void} */
  let receiver = () => {};
  return {
    element,
    show,
    /** @param {File[]} files */
    receive: (files) => {
      const panel = element.querySelector('details');
      if (panel) panel.open = true;
      receiver(files);
    },
  };
}

/**
 * @param {string} collection
 * @param {string} person
 * @param {import('./types.js').Sample} sample
 * @param {() => void} remove
 */
const sampleCard = (collection, person, { id, img_name: file, facial_area: area, created, has_photo: hasPhoto }, remove) => el('li.card', {},
  thumbnail({ collection, id, person, hasPhoto, area }),
  el('div.sample-foot', {}, el('div', {}, el('span.name', { title: file }, file), el('span.hint', {}, day(created))),
    el('button.quiet', { type: 'button', 'aria-label': `Delete ${file}`, title: 'Delete', onclick: remove }, icon('bin'))));

/**
 * @param {string} collection
 * @param {string} person
 */
function comparison(collection, person) {
  const { zone, place } = photoTask({ label: 'Photo to compare', action: 'Compare', words: 'Comparing…', work: async (photo, signal, draw) => {
    const verdict = await json(at(collection, 'people', person, 'verify'), { body: form({ image: photo }), signal });
    draw([{ area: verdict.facial_area, tone: verdict.verified ? 'match' : 'plain' }]);
    const words = verdict.verified ? `This is ${person}` : `This is not ${person}`;
    announce(words);
    return el(`article.card.verdict${verdict.verified ? '.match' : ''}`, {},
      el('div.verdict-words', {}, el('span.seal', {}, icon(verdict.verified ? 'check' : 'differ')),
        el('div', {}, el('h2', {}, words), el('p', {}, el('strong', {}, percent(verdict.confidence)), ' confidence, by the nearest registered photo'))),
      distanceScale(verdict.distance, verdict.threshold));
  } });
  return el('div.split', {}, zone.element, place);
}
