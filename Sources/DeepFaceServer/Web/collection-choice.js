import { choice } from './controls.js';
import { set, watch } from './store.js';
import { counted } from './words.js';

/**
 * A choice among the collections, the same on every page.
 * @param {{none?: string, changed: () => void}} options `none` is an entry for no collection.
 */
export function collectionChoice({ none, changed }) {
  let isNone = false;
  const field = choice('Collection', {
    changed: () => {
      isNone = none !== undefined && !field.value;
      if (field.value) set({ collection: field.value });
      changed();
    },
  });
  watch(({ collections, collection }) => {
    const entries = (collections ?? []).map(({ name, people }) => ({ value: name, text: `${name} (${counted(people, 'person', 'people')})` }));
    if (none !== undefined) entries.unshift({ value: '', text: none });
    else if (!entries.length) entries.push({ value: '', text: collections ? 'There is none yet' : 'Loading…' });
    field.offer(entries, isNone ? '' : collection ?? '');
    field.select.disabled = none === undefined && !collections?.length;
  });
  return { element: field.element, get value() { return field.value || null; } };
}
