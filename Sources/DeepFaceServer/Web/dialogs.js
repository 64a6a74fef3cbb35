import { el, fill, newId } from './dom.js';
import { Problem } from './problem.js';

/**
 * Asks in a dialog. `act` does what was asked for with what was typed; when it throws, the dialog says why and stays.
 * @param {{title: string, text?: string, action: string, danger?: boolean,
 *   field?: {label: string, type?: string, value?: string, hint?: string, check?: (value: string) => string},
 *   more?: Element[], act: (value: string) => void | Promise<void>}} question
 * @returns {Promise<boolean>} Whether it was done.
 */
export function question({ title, text, action, danger = false, field, more = [], act }) {
  const heading = newId();
  const about = newId();
  const error = el('p.error-line', { role: 'alert' });
  const input = field && el('input', {
    id: newId(), type: field.type ?? 'text', value: field.value ?? '', autocomplete: 'off', spellcheck: 'false', maxLength: 500,
  });
  const cancel = el('button', { type: 'button' }, 'Cancel');
  const confirm = el(`button.${danger ? 'danger' : 'primary'}`, { type: 'submit' }, action);
  const body = el('form', { method: 'dialog', noValidate: true },
    el('h2', { id: heading }, title),
    text ? el('p', { id: about }, text) : null,
    field && input ? el('div.field', {}, el('label', { htmlFor: input.id }, field.label), input, field.hint ? el('p.hint', {}, field.hint) : null) : null,
    more, error,
    el('div.actions', {}, cancel, confirm));
  const dialog = el('dialog', { 'aria-labelledby': heading, 'aria-describedby': text ? about : null }, body);

  return new Promise((resolve) => {
    let done = false;
    let working = false;
    cancel.addEventListener('click', () => dialog.close());
    dialog.addEventListener('cancel', (/** @type {Event} */ event) => { if (working) event.preventDefault(); });
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(done);
    });
    body.addEventListener('submit', async (/** @type {Event} */ event) => {
      event.preventDefault();
      if (working) return;
      const value = input ? input.value.trim() : '';
      const fault = field ? (value ? field.check?.(value) : `${field.label}: this is empty.`) : '';
      fill(error, fault || '');
      if (fault) {
        input?.focus();
        return;
      }
      working = confirm.disabled = cancel.disabled = true;
      try {
        await act(value);
        done = true;
        dialog.close();
      } catch (problem) {
        fill(error, problem instanceof Problem ? problem.message : String(problem));
      } finally {
        working = confirm.disabled = cancel.disabled = false;
      }
    });
    document.body.append(dialog);
    dialog.showModal();
    if (input) {
      input.focus();
      input.select();
    } else cancel.focus();
  });
}
