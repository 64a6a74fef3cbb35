/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * An element. `tag` may name classes (`div.card.wide`); in `props`, `on…` are listeners, `aria-…`, `data-…` and what the
 * element has no property for become attributes, the rest properties. Text stays text, whatever is in it.
 * @param {string} tag
 * @param {Record<string, any>} [props]
 * @param {...(Child | Child[])} children
 * @returns {any}
 */
export function el(tag, props = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (key in element && key !== 'list') /** @type {any} */ (element)[key] = value;
    else element.setAttribute(key, value === true ? '' : String(value));
  }
  element.append(...solid(children));
  return element;
}

/**
 * Puts `children` where the element's own were.
 * @param {Element} element
 * @param {...(Child | Child[])} children
 */
export function fill(element, ...children) {
  element.replaceChildren(...solid(children));
}

/**
 * An SVG element.
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {...Node} children
 */
export function svg(name, attributes, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

let count = 0;
/** An id that no other element has. */
export const newId = () => `n${++count}`;

/** @param {(Child | Child[])[]} children */
const solid = (children) => /** @type {(Node | string)[]} */ (
  children.flat().filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (typeof child === 'number' ? String(child) : child)));
