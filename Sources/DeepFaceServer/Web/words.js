/**
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 */
export const counted = (count, one, many = `${one}s`) => `${grouped(count)} ${count === 1 ? one : many}`;

/** @param {number} number */
export const grouped = (number) => number.toLocaleString('en');

/**
 * A distance or threshold.
 * @param {number} number
 */
export const short = (number) => String(Number(number.toFixed(number < 10 ? 3 : 1)));

/** @param {number} share Percent. */
export const percent = (share) => `${share >= 99.95 || share === 0 ? Math.round(share) : share.toFixed(1)} %`;

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} kB`;
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

/**
 * A sentence: a capital at the start, a full stop at the end.
 * @param {string} text
 */
export function sentence(text) {
  const trimmed = text.trim();
  if (!trimmed) return '';
  return trimmed[0].toUpperCase() + trimmed.slice(1) + (/[.!?…]$/.test(trimmed) ? '' : '.');
}

/** @param {string} moment */
export function day(moment) {
  const date = new Date(moment);
  return Number.isNaN(date.getTime()) ? '' : date.toLocaleDateString(undefined, { year: 'numeric', month: 'short', day: 'numeric' });
}

/** @type {Record<string, string>} */
const metrics = { cosine: 'cosine', euclidean: 'Euclidean', euclidean_l2: 'Euclidean (L2)', angular: 'angular' };
/** @param {string} name */
export const metric = (name) => metrics[name] ?? name;

/** @type {Record<string, string>} */
const alignments = { landmarks: 'by landmarks', eyes: 'by the eyes', none: 'none' };
/** @param {string} name */
export const alignment = (name) => alignments[name] ?? name;

/**
 * One or two letters that stand for a name.
 * @param {string} name
 */
export function initials(name) {
  const parts = name.trim().split(/[\s._-]+/).filter(Boolean);
  const letters = parts.length > 1 ? [parts[0], parts[parts.length - 1]] : parts;
  return letters.map((part) => String.fromCodePoint(part.codePointAt(0) ?? 63)).join('').toLocaleUpperCase() || '?';
}

/**
 * The person a file is named after: no end, no number behind, no underscores.
 * @param {string} file
 */
export function nameFromFile(file) {
  const stem = file.replace(/\.[^.]*$/, '').replace(/_+/g, ' ').trim();
  return stem.replace(/(\s*\(\d+\)|[\s-]+\d+)+$/, '').trim() || stem || 'Unnamed';
}
