import { json } from './api.js';
import { get, set } from './store.js';

/** What the server can do; asked once. */
export async function loadModels() {
  if (!get().models) set({ models: await json('/v1/models') });
  return get().models;
}

/** The collections as they are now, and one of them chosen where there is any. */
export async function loadCollections() {
  /** @type {{collections: import('./types.js').Collection[]}} */
  const { collections } = await json('/v1/collections');
  const chosen = get().collection;
  set({ collections, collection: collections.some(({ name }) => name === chosen) ? chosen : collections[0]?.name ?? null });
  return collections;
}
