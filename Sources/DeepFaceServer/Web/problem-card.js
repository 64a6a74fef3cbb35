import { el } from './dom.js';
import { icon } from './icons.js';
import { Problem } from './problem.js';

/**
 * Whether asking the same again may end otherwise.
 * @param {Problem} problem
 */
const helps = ({ status }) => status === 0 || status === 401 || status === 429 || status >= 500;

/**
 * Says in words what went wrong.
 * @param {unknown} error
 * @param {() => void} [again]
 */
export function problemCard(error, again) {
  const problem = error instanceof Problem ? error : new Problem(`Something on this page went wrong: ${error instanceof Error ? error.message : error}`);
  return el('div.problem', { role: 'alert' }, icon('alert'),
    el('div', {},
      el('strong', {}, problem.title),
      el('p', {}, problem.message, problem.advice ? ` ${problem.advice}` : ''),
      problem.requestId && problem.status >= 500 ? el('p.hint', {}, `Request ${problem.requestId}`) : null,
      again && helps(problem) ? el('button', { type: 'button', onclick: again }, 'Try again') : null));
}
