import { at, json } from './api.js';
import { speakable } from './collection-dialogs.js';
import { question } from './dialogs.js';
import { tell } from './notices.js';
import { counted } from './words.js';

/**
 * @param {string} collection
 * @param {string} name
 * @returns {Promise<?string>} The new name.
 */
export async function renamePerson(collection, name) {
  let renamed = null;
  await question({
    title: `Rename ${name}`,
    field: { label: 'New name', value: name, check: speakable },
    action: 'Rename',
    act: async (value) => {
      if (value === name) return;
      await json(at(collection, 'people', name), { method: 'PATCH', body: { name: value } });
      tell(`${name} is now ${value}.`);
      renamed = value;
    },
  });
  return renamed;
}

/**
 * @param {string} collection
 * @param {string} person
 * @param {import('./types.js').Sample} sample
 * @param {boolean} isLast
 * @returns {Promise<boolean>} Whether the sample was deleted.
 */
export const removeSample = (collection, person, { id, img_name: file }, isLast) => question({
  title: `Delete ${file}?`,
  text: `${person} is no longer known by this photo: its face, numbers and picture are deleted for good.${isLast ? ` It is the last one, so ${person} leaves “${collection}”.` : ''} This cannot be undone.`,
  action: 'Delete',
  danger: true,
  act: async () => {
    await json(at(collection, 'samples', id), { method: 'DELETE' });
    tell(isLast ? `${person} was deleted.` : `${file} was deleted.`);
  },
});

/**
 * @param {string} collection
 * @param {import('./types.js').Person} person
 * @returns {Promise<boolean>} Whether the person was deleted.
 */
export const removePerson = (collection, { name, faces }) => question({
  title: `Delete ${name}?`,
  text: `${name} leaves “${collection}” with ${counted(faces, 'registered photo')}: faces, numbers and kept pictures are deleted for good. This cannot be undone.`,
  action: 'Delete',
  danger: true,
  act: async () => {
    await json(at(collection, 'people', name), { method: 'DELETE' });
    tell(`${name} was deleted.`);
  },
});
