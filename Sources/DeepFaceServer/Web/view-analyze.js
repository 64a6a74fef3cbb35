import { announce } from './announce.js';
import { form, json } from './api.js';
import { el } from './dom.js';
import { faceOptions } from './face-options.js';
import { bars, heading, nothing } from './parts.js';
import { cutFace } from './photo.js';
import { photoTask } from './photo-task.js';
import { Problem } from './problem.js';
import { watch } from './store.js';
import { counted } from './words.js';

/** @typedef {import('./types.js').Analysis} Analysis */

const actions = ['age', 'gender', 'emotion', 'race'];

/** Age, gender, emotion and race of the faces of a photo. */
export function analyzeView() {
  const { zone, place, button, again, receive } = photoTask({ action: 'Analyze', words: 'Reading the faces…', empty: nothing('analyze', 'What the faces tell stands here.'), work: analyze });
  const boxes = actions.map((name) => el('input', { type: 'checkbox', value: name, checked: true, onchange: again }));
  const reason = el('p.hint', {});
  const chips = el('fieldset.chips', {}, el('legend', {}, 'What to read'),
    boxes.map((box) => el('label.chip', {}, box, el('span', {}, box.value))), reason);
  /** Models to ask for, where the server has not the one it would use. @type {Record<string, string>} */
  let others = {};
  watch(({ models }) => {
    if (!models) return;
    const absent = [];
    others = {};
    for (const name of actions) {
      const known = models.attributes.filter((attribute) => attribute.name === name);
      const first = known.find(({ available }) => available);
      if (!first) absent.push(name);
      else if (first !== known[0]) others[`${name}_model`] = first.model;
    }
    for (const box of boxes) {
      box.disabled = absent.includes(box.value);
      if (box.disabled) box.checked = false;
    }
    reason.textContent = absent.length ? `Not on this server, for want of weights: ${absent.join(', ')}.` : '';
  });
  const options = faceOptions(['detector', 'align', 'anti_spoofing'], { changed: again, alignments: ['eyes', 'none'] });

  /** @type {import('./photo-task.js').Work} */
  async function analyze(photo, signal, draw) {
    const wanted = boxes.filter(({ checked }) => checked).map(({ value }) => value);
    if (!wanted.length) {
      throw boxes.every(({ disabled }) => disabled)
        ? new Problem('This server has none of the weights that faces are read with; whoever runs it gets them with “deepface models pull Emotion”, Age, Gender or Race', { code: 'weights_missing' })
        : new Problem('Choose something to be read', { status: 400 });
    }
    /** @type {{faces: Analysis[]}} */
    const { faces } = await json('/v1/analyze', { body: form({ image: photo, actions: wanted.join(','), ...others, ...options.values }), signal });
    draw(faces.map(({ region }, index) => ({ area: region, tone: 'match', label: faces.length > 1 ? `Face ${index + 1}` : '' })));
    announce(`${counted(faces.length, 'face')} read. ${faces.map(inWords).join('; ')}.`);
    return el('div.stack', {},
      faces.map((face, index) => faceCard(face, cutFace(photo, face.region, `Face ${index + 1}`), faces.length > 1 ? `Face ${index + 1}` : 'The face')),
      el('p.hint', {}, 'These are guesses of a network about a picture, not facts about a person.'));
  }

  return {
    title: 'Analyze',
    element: el('section.view', {}, heading('What does a face tell?', 'Age, gender, emotion and race, as networks guess them.'),
      el('div.split', {},
        el('div.stack', {}, zone.element, el('div.panel', {}, chips, options.element, button)),
        place)),
    receive,
  };
}

/** @param {Analysis} face */
const inWords = (face) => [face.dominant_gender, face.age === undefined ? '' : `age ${face.age}`, face.dominant_emotion].filter(Boolean).join(', ');

/**
 * @param {Analysis} face
 * @param {Element} picture
 * @param {string} title
 */
const faceCard = (face, picture, title) => el('article.card', {},
  el('div.face-head', {}, picture, el('div', {}, el('p.hint', {}, title),
    face.age === undefined ? el('h2', {}, face.dominant_emotion ?? face.dominant_gender ?? 'Read') : el('h2', {}, el('span.hint', {}, 'about '), String(face.age), el('span.hint', {}, ' years')))),
  el('div.readings', {},
    face.emotion ? bars('Emotion', face.emotion) : null,
    face.gender ? bars('Gender', face.gender) : null,
    face.race ? bars('Race', face.race) : null),
  el('p.hint', {}, Object.entries(face.models).map(([action, model]) => `${action}: ${model}`).join(' · ')));
