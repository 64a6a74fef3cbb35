/**
 * What views share: the server's models and collections, and which collection was chosen last.
 * @typedef {import('./types.js').Models} Models
 * @typedef {import('./types.js').Collection} Collection
 * @typedef {{models: ?Models, collections: ?Collection[], collection: ?string}} State
 */

/** @type {State} */
let state = { models: null, collections: null, collection: null };
/** @type {Set<(state: State) => void>} */
const listeners = new Set();

/** @returns {Readonly<State>} */
export const get = () => state;

/** @param {Partial<State>} change */
export function set(change) {
  state = { ...state, ...change };
  for (const listener of [...listeners]) listener(state);
}

/**
 * Calls `listener` now and on every change.
 * @param {(state: State) => void} listener
 */
export function watch(listener) {
  listeners.add(listener);
  listener(state);
}
