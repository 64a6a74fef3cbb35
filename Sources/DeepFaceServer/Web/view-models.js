import { el, fill } from './dom.js';
import { icon } from './icons.js';
import { heading } from './parts.js';
import { problemCard } from './problem-card.js';
import { loadModels } from './server.js';
import { metric, short, size } from './words.js';

/** @typedef {import('./types.js').Models} Models */

/** What this server can do, and under which licences. */
export function modelsView() {
  const place = el('div.stack', { 'aria-busy': 'true' });
  return {
    title: 'Models & licences',
    element: el('section.view', {}, heading('Models & licences', 'What this server can use, where it comes from, and what its makers allow.'), place),
    async enter() {
      try {
        const models = await loadModels();
        if (models) fill(place, tables(models));
      } catch (error) {
        fill(place, problemCard(error, () => this.enter()));
      } finally {
        place.removeAttribute('aria-busy');
      }
    },
  };
}

/** @param {Models} models */
function tables({ defaults, recognition, detectors, attributes, files }) {
  return [
    table('Recognition', ['Model', 'Numbers a face', 'Thresholds', 'Here'], hereFirst(recognition).map((model) => [
      named(model.name, model.name === defaults.model), String(model.dimensions),
      el('span.thresholds', {}, Object.entries(model.thresholds).map(([name, value]) => el('span', {}, `${metric(name)} ${short(value)}`))), here(model),
    ])),
    el('div.pair', {},
      table('Detectors', ['Detector', 'Here'], hereFirst(detectors).map((detector) => [named(detector.name, detector.name === defaults.detector), here(detector)])),
      table('Attributes', ['Attribute', 'Model', 'Here'], hereFirst(attributes).map((attribute) => [attribute.name, attribute.model, here(attribute)]))),
    table('Files and licences', ['Model', 'Licence', 'File', 'Size', 'Source', 'Here'], hereFirst(files).map((file) => [
      named(file.model, false), licence(file.licence), el('code', {}, file.file), file.size ? el('span.number', {}, size(file.size)) : '–', source(file.source), here(file),
    ])),
  ];
}

/**
 * A table that becomes a list of cards where there is no room.
 * @param {string} title
 * @param {string[]} columns
 * @param {import('./dom.js').Child[][]} rows
 */
const table = (title, columns, rows) => el('section.stack', {}, el('h2', {}, title),
  el('div.table-wrap', {}, el(`table${columns.length > 3 ? '.wide' : ''}`, { 'aria-label': title },
    el('thead', {}, el('tr', {}, columns.map((column) => el('th', { scope: 'col' }, column)))),
    el('tbody', {}, rows.map((cells) => el('tr', {}, cells.map((cell, index) =>
      el(index === 0 ? 'th' : 'td', { 'data-label': columns[index], scope: index === 0 ? 'row' : null }, cell))))))));

/**
 * @param {string} name
 * @param {boolean} isDefault
 */
const named = (name, isDefault) => el('span', {}, name, isDefault ? el('span.badge.match', {}, 'default') : null);

/** @param {{available: boolean}} entry */
const here = ({ available }) => el(`span.badge${available ? '.match' : ''}`, {}, icon(available ? 'check' : 'cross'), available ? 'yes' : 'no');

/**
 * @template {{available: boolean}} Entry
 * @param {Entry[]} entries
 */
const hereFirst = (entries) => [...entries].sort((a, b) => Number(b.available) - Number(a.available));

/** @param {string} name */
const licence = (name) => {
  const isBound = /NC|non-?commercial|research|AGPL/i.test(name);
  const words = name.replace(/^LicenseRef-/, '').replace(/^Unstated$/, 'not stated');
  return isBound ? el('span.badge.warn', {}, words) : words;
};

/** @param {string} address */
const source = (address) => {
  if (!/^https:\/\//.test(address)) return address;
  let host = address;
  try { host = new URL(address).host; } catch { return address; }
  return el('a', { href: address, target: '_blank', rel: 'noopener noreferrer', title: address }, host);
};
