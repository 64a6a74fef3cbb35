import { Problem } from './problem.js';

/**
 * Opens a camera, or throws a `Problem` that says in words why there is none.
 * @param {string} [deviceId]
 * @returns {Promise<MediaStream>}
 */
export async function openCamera(deviceId) {
  if (!isSecureContext || !navigator.mediaDevices?.getUserMedia) {
    throw new CameraProblem('No camera on this address',
      `Browsers give the camera only to pages on localhost or over https, and this one is on ${location.origin}. Open it on localhost, or put the server behind https`);
  }
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { width: { ideal: 1280 }, height: { ideal: 720 }, ...(deviceId ? { deviceId: { exact: deviceId } } : { facingMode: 'user' }) },
    });
  } catch (error) {
    const [title, detail] = reasons[/** @type {DOMException} */ (error).name]
      ?? ['The camera did not start', `The browser says: ${/** @type {Error} */ (error).message || /** @type {Error} */ (error).name}`];
    throw new CameraProblem(title, detail);
  }
}

class CameraProblem extends Problem {
  #title;
  /**
   * @param {string} title
   * @param {string} detail
   */
  constructor(title, detail) {
    super(detail, { code: 'camera' });
    this.#title = title;
  }
  get title() { return this.#title; }
}

/** @type {Record<string, [string, string]>} */
const reasons = {
  NotAllowedError: ['The camera was refused', 'Allow the camera for this page beside the browser’s address bar, then start again'],
  NotFoundError: ['There is no camera', 'Connect one, then start again'],
  OverconstrainedError: ['That camera is gone', 'Choose another one, then start again'],
  NotReadableError: ['The camera is in use', 'Close the program that uses it, then start again'],
  SecurityError: ['The camera is switched off', 'This browser’s settings keep pages from using the camera'],
};
