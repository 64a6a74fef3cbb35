import { el } from './dom.js';
import { icon } from './icons.js';
import { percent } from './words.js';

/**
 * The top of a page.
 * @param {string} title
 * @param {string} lead
 */
export const heading = (title, lead) => el('header.head', {}, el('h1', { tabIndex: -1 }, title), el('p.lead', {}, lead));

/**
 * Shares of a hundred, largest first.
 * @param {string} title
 * @param {Record<string, number>} shares
 */
export function bars(title, shares) {
  const rows = Object.entries(shares).sort(([, a], [, b]) => b - a).map(([label, share], index) => {
    const bar = el('span.bar-fill');
    bar.style.width = `${Math.max(0, Math.min(100, share))}%`;
    return el(`li${index === 0 ? '.first' : ''}`, {}, el('span', {}, label), el('span.bar-track', { 'aria-hidden': 'true' }, bar), el('span.number', {}, percent(share)));
  });
  return el('div.bars', {}, el('h4', {}, title), el('ul', {}, rows));
}

/**
 * Whether a face is live, where that was looked at.
 * @param {{is_real?: boolean, antispoof_score?: number}} face
 */
export function liveness({ is_real: isReal, antispoof_score: score }) {
  if (isReal === undefined) return null;
  return el(`span.badge.${isReal ? 'match' : 'bad'}`, {}, icon(isReal ? 'check' : 'alert'),
    isReal ? 'Live face' : 'Not a live face', score === undefined ? '' : ` (${percent(score * 100)})`);
}

/**
 * Names with values.
 * @param {[string, import('./dom.js').Child][]} rows
 */
export const facts = (rows) => el('dl.facts', {}, rows.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));

/**
 * Where there is nothing to show yet.
 * @param {import('./icons.js').IconName} drawing
 * @param {...import('./dom.js').Child} children
 */
export const nothing = (drawing, ...children) => el('div.nothing', {}, icon(drawing), el('p', {}, ...children));
