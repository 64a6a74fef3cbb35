import { announce } from './announce.js';
import { form, json } from './api.js';
import { el, fill } from './dom.js';
import { faceOptions } from './face-options.js';
import { icon } from './icons.js';
import { liveness, facts, heading } from './parts.js';
import { photoZone } from './photo-zone.js';
import { wasCancelled } from './problem.js';
import { distanceScale } from './scale.js';
import { task } from './task.js';
import { alignment, metric, percent, short } from './words.js';

/** @typedef {import('./types.js').Verification} Verification */

/** Both photos share a body, which the server takes up to 10 MB of. */
const limit = 4.5e6;

/** Two photos: the same person or not? */
export function verifyView() {
  const zones = [photoZone({ label: 'First photo', limit, changed: photosChanged }), photoZone({ label: 'Second photo', limit, changed: photosChanged })];
  const options = faceOptions(['model', 'detector', 'metric', 'align', 'anti_spoofing'], { changed: () => { if (isComplete()) verify.run(); } });
  const place = el('section.result', { 'aria-label': 'Result' });
  const compare = el('button.primary.large', { type: 'button', disabled: true, onclick: () => verify.run() }, 'Compare');
  const isComplete = () => zones.every(({ photo }) => photo);

  const verify = task(place, 'Comparing the photos…', async (signal) => {
    for (const zone of zones) zone.draw([]);
    /** @type {Verification} */
    const verdict = await json('/v1/verify', {
      body: form({ image1: zones[0].photo, image2: zones[1].photo, ...options.values }), signal,
    });
    const areas = [verdict.facial_areas.img1, verdict.facial_areas.img2];
    const tone = verdict.verified ? 'match' : 'plain';
    zones.forEach((zone, index) => zone.draw([{ area: areas[index], tone }]));
    const aligned = areas.map((_, index) => el('figure.aligned', {}, el('div.face.waiting'), el('figcaption', {}, ['First photo', 'Second photo'][index])));
    showAligned(aligned, areas, signal);
    announce(`${words(verdict)}. Distance ${short(verdict.distance)}, threshold ${short(verdict.threshold)}.`);
    return verdictCard(verdict, aligned);
  });

  /**
   * The verdict comes without the aligned faces, so they are asked for behind it.
   * @param {HTMLElement[]} figures
   * @param {import('./types.js').Area[]} areas
   * @param {AbortSignal} signal
   */
  async function showAligned(figures, areas, signal) {
    const { model, detector, align, anti_spoofing: antiSpoofing } = options.values;
    await Promise.all(figures.map(async (figure, index) => {
      try {
        /** @type {import('./types.js').Extraction} */
        const { faces } = await json('/v1/extract', { body: form({ image: zones[index].photo, model, detector, align, anti_spoofing: antiSpoofing }), signal });
        const face = [...faces].sort((a, b) => apart(a.facial_area, areas[index]) - apart(b.facial_area, areas[index]))[0];
        if (face) {
          figure.firstElementChild?.replaceWith(el('img.face', { src: face.image, alt: `The aligned face of the ${['first', 'second'][index]} photo` }));
          const badge = liveness(face);
          if (badge) figure.append(badge);
        }
      } catch (error) {
        if (!wasCancelled(error)) figure.firstElementChild?.replaceWith(el('p.face.hint', {}, 'The aligned face could not be had.'));
      }
    }));
  }

  function photosChanged() {
    compare.disabled = !isComplete();
    for (const zone of zones) zone.draw([]);
    verify.clear();
    if (isComplete()) verify.run();
    else hint();
  }

  const hint = () => fill(place, el('p.hint.center', {}, zones.some(({ photo }) => photo)
    ? 'One more photo, and they are compared.'
    : 'Choose two photos. They are compared as soon as both are here.'));
  hint();

  return {
    title: 'Verify',
    element: el('section.view', {}, heading('Same person?', 'Two photos, one answer: whether they show the same person, and how sure that is.'),
      el('div.pair', {}, zones.map(({ element }) => element)),
      place,
      el('div.panel.run', {}, options.element, compare)),
    /** @param {File[]} files */
    receive(files) {
      const free = zones.filter(({ photo }) => !photo);
      (free.length ? free : zones).forEach((zone, index) => { if (files[index]) zone.take(files[index]); });
    },
  };
}

/** @param {{verified: boolean}} verdict */
const words = ({ verified }) => (verified ? 'Same person' : 'Different people');

/**
 * How far two boxes are from being the same.
 * @param {import('./types.js').Area} a
 * @param {import('./types.js').Area} b
 */
const apart = (a, b) => Math.abs(a.x - b.x) + Math.abs(a.y - b.y) + Math.abs(a.w - b.w) + Math.abs(a.h - b.h);

/**
 * @param {Verification} verdict
 * @param {HTMLElement[]} aligned
 */
const verdictCard = (verdict, aligned) => el(`article.card.verdict${verdict.verified ? '.match' : ''}`, {},
  el('div.verdict-words', {},
    el('span.seal', {}, icon(verdict.verified ? 'check' : 'differ')),
    el('div', {}, el('h2', {}, words(verdict)),
      el('p', {}, el('strong', {}, percent(verdict.confidence)), ' confidence that it is one person'))),
  el('div.aligned-pair', {}, aligned),
  distanceScale(verdict.distance, verdict.threshold),
  facts([
    ['Model', verdict.model], ['Detector', verdict.detector_backend], ['Metric', metric(verdict.similarity_metric)],
    ['Alignment', alignment(verdict.align)], ['Time', `${verdict.time.toFixed(2)} s`],
  ]));
