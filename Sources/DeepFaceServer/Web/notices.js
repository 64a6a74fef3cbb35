import { el } from './dom.js';
import { icon } from './icons.js';

const place = () => /** @type {HTMLElement} */ (document.getElementById('notices'));

/**
 * Says something for a few seconds, at the page's edge.
 * @param {string} text
 */
export function tell(text) {
  const notice = el('div.notice', {}, icon('check'), el('span', {}, text));
  place().append(notice);
  setTimeout(() => notice.remove(), 5000);
}

/**
 * Waits as the server asked for, telling so and counting down.
 * @param {number} seconds
 * @param {import('./problem.js').Problem} problem
 * @param {AbortSignal} [signal]
 */
export async function waitAndTell(seconds, problem, signal) {
  const left = el('span', { 'aria-hidden': 'true' });
  const notice = el('div.notice', {}, icon('wait'),
    el('span', {}, `${problem.title}: ${problem.message} Trying again in `,
      el('span.unseen', {}, `${seconds} s.`), left));
  place().append(notice);
  try {
    for (let second = seconds; second > 0; second -= 1) {
      left.textContent = `${second} s.`;
      await pause(1000, signal);
    }
  } finally {
    notice.remove();
  }
}

/**
 * @param {number} milliseconds
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
export const pause = (milliseconds, signal) => new Promise((resolve, reject) => {
  const stop = () => reject(new DOMException('', 'AbortError'));
  if (signal?.aborted) return stop();
  const timer = setTimeout(() => {
    signal?.removeEventListener('abort', stop);
    resolve();
  }, milliseconds);
  signal?.addEventListener('abort', () => {
    clearTimeout(timer);
    stop();
  }, { once: true });
});
