import { hooks } from './api.js';
import { question } from './dialogs.js';
import { el, fill } from './dom.js';
import { icon } from './icons.js';
import { listen, shown } from './incoming.js';
import { key } from './key.js';
import { tell, waitAndTell } from './notices.js';
import { loadModels } from './server.js';
import { set } from './store.js';
import { analyzeView } from './view-analyze.js';
import { extractView } from './view-extract.js';
import { liveView } from './view-live.js';
import { modelsView } from './view-models.js';
import { peopleView } from './view-people.js';
import { searchView } from './view-search.js';
import { verifyView } from './view-verify.js';

/**
 * A page: made when it is first shown, kept while others are.
 * @typedef {{title: string, element: HTMLElement, enter?: (path: string[]) => unknown, leave?: () => void,
 *   receive?: (files: File[]) => void}} View
 */

/** @type {Record<string, {text: string, icon: import('./icons.js').IconName, make: () => View}>} */
const views = {
  verify: { text: 'Verify', icon: 'verify', make: verifyView },
  search: { text: 'Search', icon: 'search', make: searchView },
  people: { text: 'People', icon: 'people', make: peopleView },
  analyze: { text: 'Analyze', icon: 'analyze', make: analyzeView },
  extract: { text: 'Extract', icon: 'extract', make: extractView },
  live: { text: 'Live', icon: 'live', make: liveView },
  models: { text: 'Models', icon: 'models', make: modelsView },
};

const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const main = byId('main');
/** @type {Map<string, View>} */
const made = new Map();
let current = '';

function route() {
  const [name, ...path] = location.hash.slice(1).split('/').map(decoded);
  const chosen = Object.hasOwn(views, name) ? name : 'verify';
  const isFirst = !current;
  const isOther = chosen !== current;
  if (isOther && current) made.get(current)?.leave?.();
  let view = made.get(chosen);
  if (!view) {
    view = views[chosen].make();
    made.set(chosen, view);
    main.append(view.element);
  }
  for (const [other, { element }] of made) element.hidden = other !== chosen;
  current = chosen;
  shown.receive = view.receive ? view.receive.bind(view) : null;
  document.title = [...[...path].reverse(), view.title, 'DeepFace'].join(' – ');
  for (const link of byId('nav').querySelectorAll('a')) {
    if (link.hash === `#${chosen}`) {
      link.setAttribute('aria-current', 'page');
      link.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    } else link.removeAttribute('aria-current');
  }
  const entered = Promise.resolve(view.enter?.(path));
  entered.catch(() => {}).then(() => {
    if (isFirst || current !== chosen) return;
    visibleTitle(view)?.focus({ preventScroll: true });
  });
  if (isOther) scrollTo(0, 0);
}

/** @param {View | undefined} view */
const visibleTitle = (view) => [...view?.element.querySelectorAll('h1') ?? []].find((title) => title.getClientRects().length > 0);

/** @param {string} part */
function decoded(part) {
  try { return decodeURIComponent(part); } catch { return part; }
}

/** @type {?Promise<boolean>} */
let asking = null;

/**
 * Asks for a key once, however many requests want one.
 * @param {import('./problem.js').Problem} problem
 */
function askForKey(problem) {
  asking ??= question({
    title: key.get() ? 'Another key is needed' : 'An API key is needed',
    text: `${key.get() ? problem.message : 'This server answers only with a key.'} It is kept until you close this tab, and sent to this server only.`,
    field: { label: 'API key', type: 'password', hint: 'Whoever runs the server makes one with “deepface keys create”.', check: (value) => (/[^\x21-\x7e]/.test(value) ? 'A key has no spaces, and only plain letters, digits and signs.' : '') },
    action: 'Use this key',
    act: (value) => {
      key.set(value);
      showTools();
    },
  }).finally(() => { asking = null; });
  return asking;
}

function forgetKey() {
  key.set('');
  set({ models: null, collections: null, collection: null });
  showTools();
  tell('The key was forgotten.');
  loadModels().catch(() => {});
}

const darkWanted = matchMedia('(prefers-color-scheme: dark)');

function showTools() {
  const isDark = document.documentElement.dataset.theme === 'dark';
  const theme = el('button.quiet', { type: 'button', id: 'theme', 'aria-label': isDark ? 'Light colours' : 'Dark colours', title: isDark ? 'Light colours' : 'Dark colours' }, icon(isDark ? 'sun' : 'moon'));
  theme.addEventListener('click', () => {
    const chosen = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
    document.documentElement.dataset.theme = chosen;
    const isSystems = (chosen === 'dark') === darkWanted.matches;
    try {
      if (isSystems) localStorage.removeItem('theme');
      else localStorage.setItem('theme', chosen);
    } catch { /* it holds until the page is left */ }
    showTools();
    byId('theme').focus();
  });
  fill(byId('tools'), key.get() ? el('button.quiet', { type: 'button', 'aria-label': 'Forget the API key', title: 'Forget the API key', onclick: forgetKey }, icon('key')) : null, theme);
}

async function showVersion() {
  try {
    const { version } = await (await fetch('/health')).json();
    if (version) byId('version').textContent = `DeepFace ${version}`;
  } catch { /* what is asked of it next says so */ }
}

hooks.askForKey = askForKey;
hooks.wait = waitAndTell;
fill(byId('nav'), Object.entries(views).map(([name, view]) => el('a', { href: `#${name}` }, icon(view.icon), el('span', {}, view.text))));
byId('skip').addEventListener('click', () => visibleTitle(made.get(current))?.focus());
showTools();
listen();
addEventListener('hashchange', route);
addEventListener('pagehide', () => made.get(current)?.leave?.());
darkWanted.addEventListener('change', showTools);
route();
showVersion();
loadModels().catch(() => {});
