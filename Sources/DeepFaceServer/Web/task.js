import { el, fill } from './dom.js';
import { problemCard } from './problem-card.js';
import { wasCancelled } from './problem.js';

const calm = matchMedia('(prefers-reduced-motion: reduce)');

/**
 * Scrolls to what came out where most of it is below what is seen.
 * @param {HTMLElement} place
 */
function reveal(place) {
  const { top, height } = place.getBoundingClientRect();
  if (top + Math.min(height, 240) > innerHeight) place.scrollIntoView({ block: height < innerHeight * 0.8 ? 'end' : 'start', behavior: calm.matches ? 'auto' : 'smooth' });
}

/**
 * Runs one thing at a time: shows in `place` that it is under way, then what came out or what went wrong. What is started anew
 * ends what was under way.
 * @param {HTMLElement} place
 * @param {string} words What is shown meanwhile.
 * @param {(signal: AbortSignal) => Promise<Element | Element[]>} work
 */
export function task(place, words, work) {
  /** @type {?AbortController} */
  let current = null;
  async function run() {
    current?.abort();
    const mine = current = new AbortController();
    place.setAttribute('aria-busy', 'true');
    if (!place.childElementCount || place.querySelector('.problem, .nothing')) fill(place, el('p.busy', {}, words));
    try {
      const outcome = await work(mine.signal);
      if (current !== mine) return;
      fill(place, outcome);
      reveal(place);
    } catch (error) {
      if (current !== mine || wasCancelled(error)) return;
      fill(place, problemCard(error, run));
    } finally {
      if (current === mine) place.removeAttribute('aria-busy');
    }
  }
  return {
    run,
    clear() {
      current?.abort();
      current = null;
      place.removeAttribute('aria-busy');
      fill(place);
    },
  };
}
