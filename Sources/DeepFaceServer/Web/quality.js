import { el } from './dom.js';
import { icon } from './icons.js';
import { percent, sentence } from './words.js';

/** @typedef {import('./types.js').Quality} Quality */

/** Pictures below it are poor: registering can refuse them. */
export const leastQuality = 0.5;

/**
 * What is wrong with a face's picture.
 * @type {Record<string, string>}
 */
const reasonWords = {
  small: 'too small',
  blurred: 'blurred',
  turned: 'turned away',
  dark: 'too dark',
  bright: 'too bright',
  flat: 'too little contrast',
  cut: 'partly outside the photo',
  occluded: 'partly hidden',
};

/** What is measured; the whole is the least of it. */
const partWords = /** @type {const} */ ({
  size: 'its size',
  sharpness: 'its sharpness',
  pose: 'how it is turned',
  exposure: 'its light',
  occlusion: 'what cuts or hides it',
});

/** @param {string[]} reasons */
const inWords = (reasons) => reasons.map((reason) => reasonWords[reason] ?? reason).join(', ');

/** @param {{quality: Quality}} face */
export const isPoor = ({ quality }) => quality.score < leastQuality;

/**
 * How good a face's picture is for recognition, and what lowers that.
 * @param {{quality: Quality}} face
 */
export function qualityNote(face) {
  const { score, reasons } = face.quality;
  const share = percent(100 * score);
  if (isPoor(face)) return el('div.quality', {}, el('span.badge.warn', {}, icon('alert'), `Poor picture (${share})`), el('p.hint', {}, sentence(inWords(reasons))));
  const lowest = keys(partWords).find((name) => face.quality[name].score === score);
  return el('div.quality', {}, el('span.badge.match', {}, icon('check'), `Good picture (${share})`),
    lowest && score < 1 ? el('p.hint', {}, `Lowered by ${partWords[lowest]}.`) : null);
}

/**
 * @template {object} T
 * @param {T} object
 */
const keys = (object) => /** @type {(keyof T)[]} */ (Object.keys(object));

/**
 * Why a photo was refused, where that was its quality: what the server says, in the page's words.
 * @param {import('./problem.js').Problem} problem
 */
export function refusal({ code, message }) {
  const [, score, bar, reasons] = (code === 'low_quality' && message.match(/quality ([\d.]+), below ([\d.]+): ([a-z]+(?:, [a-z]+)*)/)) || [];
  if (!reasons) return message;
  return `Too poor a picture: ${inWords(reasons.split(', '))}. Its quality is ${percent(100 * Number(score))}; ${Math.round(100 * Number(bar))} % is the least.`;
}
