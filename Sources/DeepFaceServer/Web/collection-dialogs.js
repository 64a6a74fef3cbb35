import { at, json } from './api.js';
import { toggle } from './controls.js';
import { question } from './dialogs.js';
import { faceOptions } from './face-options.js';
import { tell } from './notices.js';
import { loadCollections } from './server.js';
import { counted } from './words.js';

/** @type {?ReturnType<typeof faceOptions>} */
let options = null;

/** @returns {Promise<?string>} The name of the collection that was made. */
export async function newCollection() {
  let made = null;
  const recipe = options ??= faceOptions(['model', 'detector', 'align'], { changed: () => {} });
  const encrypted = toggle('Encrypted', { hint: 'Names and vectors are unreadable without the server’s key.' });
  await question({
    title: 'New collection',
    text: 'All faces of a collection are compared in one way, so its model cannot be changed later.',
    field: { label: 'Name', value: '', hint: 'For example staff or family', check: speakable },
    more: [recipe.element, encrypted.element],
    action: 'Make',
    act: async (name) => {
      await json('/v1/collections', { body: { name, ...recipe.values, ...(encrypted.on ? { encrypted: true } : {}) } });
      await loadCollections();
      made = name;
      tell(`The collection “${name}” was made.`);
    },
  });
  return made;
}

/**
 * @param {import('./types.js').Collection} collection
 * @returns {Promise<boolean>} Whether it was deleted.
 */
export const removeCollection = ({ name, people, samples }) => question({
  title: `Delete “${name}”?`,
  text: `${counted(people, 'person', 'people')} and ${counted(samples, 'photo')} are deleted for good, wherever they are kept. This cannot be undone.`,
  field: { label: `Type ${name} to confirm`, check: (value) => (value === name ? '' : 'That is not the collection’s name.') },
  action: 'Delete collection',
  danger: true,
  act: async () => {
    await json(at(name), { method: 'DELETE' });
    tell(`The collection “${name}” was deleted.`);
    await loadCollections();
  },
});

/**
 * Why a name cannot be used in an address; empty where it can.
 * @param {string} name
 */
export const speakable = (name) => (/^\.{1,2}$/.test(name) ? 'A name of dots alone cannot stand in an address.' : '');
