import { el } from './dom.js';
import { choice, toggle } from './controls.js';
import { watch } from './store.js';
import { alignment, metric } from './words.js';

/** @typedef {'model' | 'detector' | 'metric' | 'align' | 'anti_spoofing'} Option */

/** Why something cannot be chosen. */
const missing = 'weights not on this server';
const usually = ' (default)';

/**
 * Choices of how faces are found and compared, from what the server has. `values` leaves out what is the server's default.
 * @param {Option[]} options
 * @param {{changed: () => void, spoofingHint?: string, alignments?: string[]}} settings
 */
export function faceOptions(options, { changed, spoofingHint, alignments = ['landmarks', 'eyes', 'none'] }) {
  const summary = el('span.chosen');
  const update = () => {
    fillMetrics();
    summary.textContent = shownChoices.filter(({ value, select }) => value || select.selectedOptions[0]?.text.endsWith(usually))
      .map(({ select }) => select.selectedOptions[0].text.replace(usually, '')).join(' · ');
  };
  const onChange = () => {
    update();
    changed();
  };
  const model = choice('Model', { changed: onChange });
  const detector = choice('Detector', { changed: onChange });
  const measure = choice('Metric', { changed: onChange });
  const align = choice('Alignment', { changed: onChange });
  const spoofing = toggle('Anti-spoofing', { changed: onChange, hint: spoofingHint ?? 'Refuses photos of photos, screens and masks.' });
  const all = { model, detector, metric: measure, align };
  const shownChoices = /** @type {(keyof typeof all)[]} */ (Object.keys(all)).filter((name) => options.includes(name)).map((name) => all[name]);

  /** @type {?import('./types.js').Models} */
  let models = null;
  function fillMetrics() {
    const used = models?.recognition.find(({ name }) => name === (model.value || models?.defaults.model));
    measure.offer([{ value: '', text: 'The model’s own' },
      ...['cosine', 'euclidean', 'euclidean_l2', 'angular'].map((name) => ({
        value: name, text: metric(name), reason: used && used.thresholds[name] === undefined ? `no threshold for ${used.name}` : undefined,
      }))]);
  }
  watch((state) => {
    if (state.models === models && models) return;
    models = state.models;
    const defaults = models?.defaults;
    const offer = (/** @type {{name: string, available: boolean}[]} */ list, /** @type {string | undefined} */ usual) => [
      { value: '', text: usual ? usual + usually : 'The server’s default' },
      ...[...list].filter(({ name }) => name !== usual).sort((a, b) => Number(b.available) - Number(a.available))
        .map(({ name, available }) => ({ value: name, text: name, reason: available ? undefined : missing })),
    ];
    model.offer(offer(models?.recognition ?? [], defaults?.model));
    detector.offer(offer(models?.detectors ?? [], defaults?.detector));
    align.offer([{ value: '', text: 'The model’s own' }, ...alignments.map((name) => ({ value: name, text: alignment(name) }))]);
    update();
  });

  const element = el('div.options', {},
    shownChoices.length ? el('details', {}, el('summary', {}, el('span', {}, 'Options'), summary),
      el('div.fields', {}, shownChoices.map(({ element: field }) => field))) : null,
    options.includes('anti_spoofing') ? spoofing.element : null);
  return {
    element,
    detector,
    get spoofing() { return spoofing.on; },
    /** @returns {Record<string, string | boolean>} */
    get values() {
      /** @type {Record<string, string | boolean>} */
      const values = {};
      for (const name of /** @type {(keyof typeof all)[]} */ (Object.keys(all))) {
        if (options.includes(name) && all[name].value) values[name] = all[name].value;
      }
      if (options.includes('anti_spoofing') && spoofing.on) values.anti_spoofing = true;
      return values;
    },
  };
}
