import { Problem } from './problem.js';
import { size, grouped } from './words.js';

/**
 * A photo as it is sent: upright size, address to show it by, pixels to cut faces from, and what was done to it in words.
 * @typedef {{file: Blob, name: string, width: number, height: number, url: string, pixels: ImageBitmap, scale: number,
 *   note: string}} Photo
 */

/** What the server reads as it comes. */
const readable = ['image/jpeg', 'image/png', 'image/webp', 'image/bmp'];
const smallerSide = 3000;
const mostPixels = 40e6;
/** Pixels that are kept to cut faces from. */
const keptPixels = 12e6;

/**
 * Reads a photo, and makes it smaller where the server would not take it.
 * @param {File} file
 * @param {number} [limit] Bytes from which on it is made smaller.
 * @returns {Promise<Photo>}
 */
export async function openPhoto(file, limit = 8e6) {
  if (!file.size) throw new Problem(`“${file.name}” is empty`, { code: 'unreadable_input' });
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    throw new Problem(`“${file.name}” is no photo that this browser can open; choose a JPEG, PNG, WebP or BMP file`, { code: 'unreadable_input' });
  }
  const name = file.name || 'photo.jpg';
  let sent = /** @type {Blob} */ (file);
  let note = '';
  const { width, height } = picture;
  if (file.size > limit || width * height > mostPixels) {
    const factor = Math.min(1, smallerSide / Math.max(width, height));
    picture = await resized(picture, factor);
    sent = await jpeg(picture, limit);
    note = `Large photo: sent as ${grouped(picture.width)} × ${grouped(picture.height)}, ${size(sent.size)}, instead of ${grouped(width)} × ${grouped(height)}, ${size(file.size)}.`;
  } else if (!readable.includes(file.type)) {
    sent = await jpeg(picture, limit);
    note = `Sent as a JPEG: the server does not read ${file.type.replace('image/', '').toUpperCase() || 'this kind of'} files.`;
  }
  const whole = { width: picture.width, height: picture.height };
  const scale = Math.min(1, Math.sqrt(keptPixels / (whole.width * whole.height)));
  return { file: sent, name, ...whole, url: URL.createObjectURL(sent), pixels: await resized(picture, scale), scale, note };
}

/** @param {Photo} photo */
export function closePhoto(photo) {
  URL.revokeObjectURL(photo.url);
  photo.pixels.close();
}

/**
 * A face cut out of a photo, with some of what is around it.
 * @param {{pixels: CanvasImageSource, width: number, height: number, scale?: number}} photo
 * @param {{x: number, y: number, w: number, h: number}} area
 * @param {string} alt
 * @returns {HTMLCanvasElement}
 */
export function cutFace({ pixels, width, height, scale = 1 }, area, alt) {
  const side = Math.min(Math.max(area.w, area.h) * 1.35, width, height);
  const within = (/** @type {number} */ start, /** @type {number} */ length, /** @type {number} */ whole) =>
    Math.max(0, Math.min(start + length / 2 - side / 2, whole - side));
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 160;
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', alt);
  canvas.className = 'face';
  const context = canvas.getContext('2d');
  if (context) {
    context.imageSmoothingQuality = 'high';
    context.drawImage(pixels, within(area.x, area.w, width) * scale, within(area.y, area.h, height) * scale, side * scale, side * scale, 0, 0, 160, 160);
  }
  return canvas;
}

/**
 * @param {ImageBitmap} picture
 * @param {number} factor
 */
async function resized(picture, factor) {
  if (factor >= 1) return picture;
  const smaller = await createImageBitmap(picture, {
    resizeWidth: Math.max(1, Math.round(picture.width * factor)),
    resizeHeight: Math.max(1, Math.round(picture.height * factor)),
    resizeQuality: 'high',
  });
  picture.close();
  return smaller;
}

/**
 * @param {ImageBitmap} picture
 * @param {number} limit
 * @returns {Promise<Blob>}
 */
async function jpeg(picture, limit) {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [picture.width, picture.height];
  const context = canvas.getContext('2d');
  if (context) {
    context.fillStyle = '#fff';
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(picture, 0, 0);
  }
  for (const quality of [0.92, 0.8, 0.6]) {
    /** @type {?Blob} */
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
    if (blob && (blob.size <= limit || quality === 0.6)) return blob;
  }
  throw new Problem('The photo is too large for this browser', { code: 'unreadable_input' });
}
