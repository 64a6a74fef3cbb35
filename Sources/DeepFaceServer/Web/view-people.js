import { announce } from './announce.js';
import { at, json } from './api.js';
import { collectionChoice } from './collection-choice.js';
import { newCollection, removeCollection } from './collection-dialogs.js';
import { el, fill } from './dom.js';
import { icon } from './icons.js';
import { removePerson, renamePerson } from './person-dialogs.js';
import { personPage } from './person-page.js';
import { heading, nothing } from './parts.js';
import { registerPanel } from './register.js';
import { problemCard } from './problem-card.js';
import { Problem, wasCancelled } from './problem.js';
import { loadCollections, loadModels } from './server.js';
import { get, set } from './store.js';
import { initialsOf, thumbnail } from './thumbnail.js';
import { alignment, counted, day } from './words.js';

/** @typedef {import('./types.js').Person} Person */
/** @typedef {import('./types.js').Collection} Collection */

const pageSize = 50;

/** The people of a collection: list, register, rename, delete. */
export function peopleView() {
  /**
   * Names after which the pages up to the one shown begin.
   * @type {(?string)[]}
   */
  let starts = [null];
  /** @type {?AbortController} */
  let loading = null;

  const choice = collectionChoice({ changed: () => go(choice.value) });
  const about = el('div.about');
  const list = el('ul.people');
  const status = el('p.hint', { role: 'status' });
  const filter = el('input', { type: 'search', maxLength: 500, placeholder: 'Filter by name', 'aria-label': 'Filter by name', autocomplete: 'off', spellcheck: 'false' });
  const previous = el('button', { type: 'button', onclick: () => turn(-1) }, icon('back'), el('span', {}, 'Previous'));
  const next = el('button', { type: 'button', onclick: () => turn(1) }, el('span', {}, 'Next'), icon('next'));
  const pages = el('nav.pages', { 'aria-label': 'Pages of the list' }, previous, next);
  /** @type {?string} */
  let following = null;
  let timer = 0;
  filter.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      starts = [null];
      load();
    }, 250);
  });

  const register = registerPanel({ collection: () => choice.value, done: refresh });
  const adding = el('details.card.adding', {}, el('summary', {}, icon('plus'), el('span', {}, 'Register photos')), register.element);
  const create = async () => {
    const made = await newCollection();
    if (made) go(made);
  };
  const overview = el('div.stack', {},
    el('div.panel.collection-bar', {}, choice.element, el('button', { type: 'button', onclick: create }, icon('plus'), el('span', {}, 'New collection')), about),
    adding,
    el('section.stack', { 'aria-label': 'People' }, el('div.list-head', {}, filter, status), list, pages));
  const page = el('div', { hidden: true });
  const person = personPage({ changed: () => { loadCollections().catch(() => {}); } });
  fill(page, person.element);
  const head = heading('People', 'Who is registered, in which collection, and with how many photos.');

  /** @param {?string} name */
  function go(name) {
    const hash = name === null ? '#people' : `#people/${encodeURIComponent(name)}`;
    if (location.hash === hash) refresh();
    else location.hash = hash;
  }

  /** @param {number} step */
  function turn(step) {
    starts = step > 0 ? [...starts, following] : starts.slice(0, -1);
    load().then(() => list.querySelector('a')?.focus());
  }

  async function refresh() {
    try {
      await loadCollections();
    } catch { /* the list says it */ }
    showAbout();
    load();
  }

  function showAbout() {
    const found = get().collections?.find(({ name }) => name === choice.value);
    register.update();
    adding.hidden = !found;
    fill(about, found ? [
      el('p.tags', {}, [found.model, found.detector, `aligned ${alignment(found.align)}`, counted(found.samples, 'photo'), found.encrypted ? 'encrypted' : null]
        .filter((word) => !!word).map((word) => el('span', {}, word))),
      el('button.quiet', { type: 'button', onclick: async () => { if (await removeCollection(found)) go(null); } }, icon('bin'), el('span', {}, 'Delete collection')),
    ] : null);
  }

  async function load() {
    loading?.abort();
    const mine = loading = new AbortController();
    const within = choice.value;
    previous.disabled = next.disabled = true;
    if (!within) {
      pages.hidden = filter.hidden = true;
      fill(status);
      fill(list);
      if (get().collections) fill(list, el('li.plain', {}, nothing('people', 'There is no collection yet. People are kept in collections; all faces of one are compared with the same model.'),
        el('button.primary.large', { type: 'button', onclick: create }, 'Make the first collection')));
      return;
    }
    list.setAttribute('aria-busy', 'true');
    try {
      const contains = filter.value.trim();
      const { people, next: after } = await onePage(within, contains, starts.at(-1) ?? null, mine.signal);
      if (loading !== mine) return;
      following = after;
      fill(list, people.map((one) => personRow(within, one)));
      const isFirst = starts.length === 1;
      const isEmpty = !people.length && !contains && isFirst;
      filter.hidden = isEmpty;
      if (isEmpty) {
        fill(list, el('li.plain', {}, nothing('people', `Nobody is registered in “${within}” yet.`)));
        adding.open = true;
      }
      const from = (starts.length - 1) * pageSize;
      const range = `${from + 1}–${from + people.length}`;
      if (isEmpty) fill(status);
      else if (!contains) fill(status, `${range} of ${counted(get().collections?.find(({ name }) => name === within)?.people ?? people.length, 'person', 'people')}`);
      else fill(status, isFirst && after === null ? `${counted(people.length, 'person', 'people')} found.` : `${range} of those found`);
      pages.hidden = isFirst && after === null;
      previous.disabled = isFirst;
      next.disabled = after === null;
    } catch (error) {
      if (loading !== mine || wasCancelled(error)) return;
      fill(status);
      pages.hidden = true;
      fill(list, el('li.plain', {}, problemCard(error, load)));
    } finally {
      if (loading === mine) list.removeAttribute('aria-busy');
    }
  }

  /**
   * @param {string} within
   * @param {Person} one
   */
  const personRow = (within, one) => el('li', {},
    one.portrait ? thumbnail({ collection: within, id: one.portrait.id, person: one.name, hasPhoto: true, area: one.portrait.facial_area }) : initialsOf(one.name),
    el('div.row-words', {}, el('a', { href: `#people/${encodeURIComponent(within)}/${encodeURIComponent(one.name)}` }, one.name),
      el('span.hint', {}, [counted(one.faces, 'photo'), day(one.created)].filter(Boolean).join(' · '))),
    el('button.quiet', { type: 'button', 'aria-label': `Rename ${one.name}`, title: 'Rename', onclick: async () => { if (await renamePerson(within, one.name)) refresh(); } }, icon('pen')),
    el('button.quiet', { type: 'button', 'aria-label': `Delete ${one.name}`, title: 'Delete', onclick: async () => {
      if (!await removePerson(within, one)) return;
      announce(`${one.name} was deleted.`);
      refresh();
    } }, icon('bin')));

  return {
    title: 'People',
    element: el('section.view', {}, head, overview, page),
    /** @param {string[]} path */
    async enter([within, someone]) {
      if (within) set({ collection: within });
      const isPerson = someone !== undefined;
      overview.hidden = head.hidden = isPerson;
      page.hidden = !isPerson;
      starts = [null];
      filter.value = '';
      try {
        const collections = await loadCollections();
        if (within && !collections.some(({ name }) => name === within)) throw new Problem(`There is no collection called “${within}”`, { status: 404 });
        if (isPerson) await person.show(within, someone);
        else {
          showAbout();
          await load();
        }
        loadModels().catch(() => {});
      } catch (error) {
        overview.hidden = head.hidden = false;
        page.hidden = true;
        fill(about);
        fill(status);
        adding.hidden = pages.hidden = filter.hidden = true;
        fill(list, el('li.plain', {}, problemCard(error, () => this.enter([within, someone]))));
      }
    },
    /** @param {File[]} files */
    receive(files) {
      if (!page.hidden) return person.receive(files);
      if (adding.hidden) return;
      adding.open = true;
      register.add(files);
    },
  };
}

/**
 * @param {string} within
 * @param {string} contains
 * @param {?string} after
 * @param {AbortSignal} signal
 * @returns {Promise<{people: Person[], next: ?string}>}
 */
function onePage(within, contains, after, signal) {
  const query = new URLSearchParams({ limit: String(pageSize), ...(contains ? { contains } : {}), ...(after === null ? {} : { after }) });
  return json(`${at(within, 'people')}?${query}`, { signal });
}
