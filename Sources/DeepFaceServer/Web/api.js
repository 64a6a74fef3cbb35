import { Problem, wasCancelled } from './problem.js';
import { key } from './key.js';

/** @typedef {import('./types.js').Models} Models */

/** What asks for a key and tells of waiting; the page puts its own here. */
export const hooks = {
  /** @type {(problem: Problem) => Promise<boolean>} Whether there is a new key to try with. */
  askForKey: async () => false,
  /** @type {(seconds: number, problem: Problem, signal?: AbortSignal) => Promise<void>} */
  wait: async () => {},
};

const patience = 5;

/**
 * Asks the server; answers what it did, or throws a `Problem`. Asks again with a key where one is needed, and after the time
 * the server names where it has too much to do.
 * @param {string} path
 * @param {{method?: string, body?: FormData | object, signal?: AbortSignal}} options
 * @returns {Promise<Response>}
 */
export async function ask(path, { method, body, signal } = {}) {
  const isForm = body instanceof FormData;
  for (let asked = 1; ; asked += 1) {
    /** @type {Record<string, string>} */
    const headers = { Accept: 'application/json, application/problem+json, image/*' };
    const used = key.get();
    if (used) headers.Authorization = `Bearer ${used}`;
    if (body && !isForm) headers['Content-Type'] = 'application/json';
    let response;
    try {
      response = await fetch(path, {
        method: method ?? (body ? 'POST' : 'GET'),
        headers,
        body: isForm ? body : body && JSON.stringify(body),
        signal,
        cache: 'no-store',
        credentials: 'omit',
      });
    } catch (error) {
      if (wasCancelled(error)) throw error;
      throw Problem.unreachable();
    }
    if (response.ok) return response;
    const problem = await Problem.of(response);
    if (problem.status === 401 && (key.get() !== used || await hooks.askForKey(problem))) continue;
    if (problem.retryAfter !== null && worthWaiting(problem) && asked < patience) {
      await hooks.wait(Math.max(1, problem.retryAfter), problem, signal);
      continue;
    }
    throw problem;
  }
}

/** @param {Problem} problem */
const worthWaiting = (problem) =>
  problem.status === 429 || (problem.status === 503 && !/^(weights|store)_/.test(problem.code));

/**
 * @param {string} path
 * @param {{method?: string, body?: FormData | object, signal?: AbortSignal}} [options]
 * @returns {Promise<any>}
 */
export async function json(path, options) {
  const response = await ask(path, options);
  if (response.status === 204) return null;
  try {
    return await response.json();
  } catch (error) {
    if (wasCancelled(error)) throw error;
    throw new Problem('The answer broke off or is none this page understands');
  }
}

/**
 * A form of photos and options; options that are empty stay with the server's defaults.
 * @param {Record<string, import('./photo.js').Photo | string | number | boolean | null | undefined>} fields
 */
export function form(fields) {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value === null || value === undefined || value === '') continue;
    if (typeof value === 'object') data.append(name, value.file, value.name);
    else data.append(name, String(value));
  }
  return data;
}

/**
 * An address below a collection.
 * @param {string} collection
 * @param {...(string | number)} parts
 */
export const at = (collection, ...parts) => ['/v1/collections', ...[collection, ...parts].map(encodeURIComponent)].join('/');
