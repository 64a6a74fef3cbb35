import { announce } from './announce.js';
import { form, json } from './api.js';
import { el } from './dom.js';
import { faceOptions } from './face-options.js';
import { icon } from './icons.js';
import { heading, liveness, nothing } from './parts.js';
import { photoTask } from './photo-task.js';
import { isPoor, qualityNote } from './quality.js';
import { counted, percent } from './words.js';

/** The faces of a photo, cut out and upright. */
export function extractView() {
  const { zone, place, button, again, receive } = photoTask({ action: 'Cut out', words: 'Looking for faces…', empty: nothing('extract', 'The faces stand here, to be looked at and downloaded.'), work: cutOut });
  const options = faceOptions(['model', 'detector', 'align', 'anti_spoofing'], { changed: again, spoofingHint: 'Tells of each face whether it is a live one.' });

  /** @type {import('./photo-task.js').Work} */
  async function cutOut(photo, signal, draw) {
    /** @type {import('./types.js').Extraction} */
    const { faces } = await json('/v1/extract', { body: form({ image: photo, ...options.values }), signal });
    draw(faces.map(({ facial_area: area, is_real: isReal }, index) => ({
      area, tone: isReal === false ? 'bad' : 'match', label: faces.length > 1 ? String(index + 1) : '',
    })));
    const poor = faces.filter(isPoor).length;
    announce(`${counted(faces.length, 'face')} cut out${poor ? `, ${counted(poor, 'poor picture')}` : ''}.`);
    const stem = photo.name.replace(/\.[^.]*$/, '');
    return el('div.stack', {}, el('h2', {}, counted(faces.length, 'face')),
      el('ul.faces', {}, faces.map((face, index) => el('li.card', {},
        el('img.face', { src: face.image, alt: `Face ${index + 1}, aligned` }),
        el('div.face-facts', {},
          el('h3', {}, `Face ${index + 1}`),
          el('p.hint', {}, `${face.facial_area.w} × ${face.facial_area.h} pixels${face.confidence ? `, ${percent(face.confidence * 100)} sure` : ''}`),
          qualityNote(face),
          liveness(face),
          el('a.button', { href: face.image, download: `${stem}-face-${index + 1}.png`, 'aria-label': `Download face ${index + 1}` }, icon('down'), el('span', {}, 'Download')))))));
  }

  return {
    title: 'Extract',
    element: el('section.view', {}, heading('Cut out faces', 'Every face of a photo, turned upright and cropped as the model sees it.'),
      el('div.split', {}, el('div.stack', {}, zone.element, el('div.panel', {}, options.element, button)), place)),
    receive,
  };
}
