import { el, newId } from './dom.js';

/**
 * A choice with its label. An entry that cannot be chosen says why.
 * @typedef {{value: string, text: string, reason?: string}} Entry
 * @param {string} label
 * @param {{changed?: () => void, hint?: string}} options
 */
export function choice(label, { changed, hint } = {}) {
  const select = el('select', { id: newId(), onchange: changed });
  const element = el('div.field', {}, el('label', { htmlFor: select.id }, label), select, hint ? el('p.hint', {}, hint) : null);
  return {
    element,
    select,
    get value() { return select.value; },
    /**
     * Keeps what was chosen, where it still is there.
     * @param {Entry[]} entries
     * @param {string} [chosen]
     */
    offer(entries, chosen = select.value) {
      select.replaceChildren(...entries.map(({ value, text, reason }) =>
        el('option', { value, disabled: !!reason }, reason ? `${text} – ${reason}` : text)));
      select.value = entries.some(({ value, reason }) => value === chosen && !reason) ? chosen : entries.find(({ reason }) => !reason)?.value ?? '';
    },
  };
}

/**
 * A switch with its label, and a sentence about it.
 * @param {string} label
 * @param {{on?: boolean, hint?: string, changed?: () => void}} options
 */
export function toggle(label, { on = false, hint, changed } = {}) {
  const about = newId();
  const input = el('input', { type: 'checkbox', role: 'switch', checked: on, onchange: changed, 'aria-describedby': hint ? about : null });
  const element = el('label.switch', {}, input, el('span.knob', { 'aria-hidden': 'true' }),
    el('span.switch-words', {}, el('span', {}, label), hint ? el('span.hint', { id: about }, hint) : null));
  return { element, input, get on() { return input.checked; } };
}

/**
 * @param {string} label
 * @param {{value?: string, type?: string, min?: number, max?: number, step?: number, hint?: string, changed?: () => void}} options
 */
export function entry(label, { value = '', type = 'text', min, max, step, hint, changed } = {}) {
  const input = el('input', { id: newId(), type, value, min, max, step, onchange: changed, autocomplete: 'off' });
  const element = el('div.field', {}, el('label', { htmlFor: input.id }, label), input, hint ? el('p.hint', {}, hint) : null);
  return { element, input, get value() { return input.value.trim(); } };
}
