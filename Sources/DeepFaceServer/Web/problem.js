import { sentence } from './words.js';

/** Why the server did not do what was asked, or why it was not heard. */
export class Problem extends Error {
  /**
   * @param {string} detail
   * @param {{status?: number, code?: string, requestId?: string, retryAfter?: ?number}} more
   */
  constructor(detail, { status = 0, code = '', requestId = '', retryAfter = null } = {}) {
    super(sentence(detail.replace(otherAdvice, '')));
    this.status = status;
    this.code = code;
    this.requestId = requestId;
    /** Seconds after which the server wants to be asked again. */
    this.retryAfter = retryAfter;
  }

  /** The kind of problem, in a few words. */
  get title() {
    return titles[this.code] || titles[this.status] || (this.status >= 500 ? 'The server failed' : 'That did not work');
  }

  /** What to do, where the server's own words do not say it. */
  get advice() {
    if (this.code === 'unreachable') return 'Check that it is running and that you are online, then try again.';
    if (this.status === 403 && this.code !== 'foreign_origin') return 'Ask for a key with a higher role, or use another key (the key button above).';
    if (this.status === 413) return 'Choose a smaller photo.';
    return '';
  }

  /** @param {Response} response */
  static async of(response) {
    /** @type {any} */
    let document = null;
    try { document = await response.json(); } catch { /* not a problem document */ }
    const seconds = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
    return new Problem(document?.detail || `The server answered ${response.status} ${response.statusText}`, {
      status: response.status,
      code: document?.code,
      requestId: document?.request_id,
      retryAfter: Number.isFinite(seconds) && seconds >= 0 ? seconds : null,
    });
  }

  static unreachable() {
    return new Problem('The server did not answer', { code: 'unreachable' });
  }
}

/** What to put into a request, or on a command line, is of no use here. */
const otherAdvice = /; [^;]*(?:\s--[a-z]|[a-z]=[a-z0-9])[^;]*/g;

/** @type {Record<string | number, string>} */
const titles = {
  unreachable: 'The server cannot be reached',
  no_face: 'No face found',
  low_quality: 'Too poor a picture',
  spoof_detected: 'Not a live face',
  unreadable_input: 'The photo cannot be read',
  weights_missing: 'A model is not installed',
  weights_damaged: 'A model is damaged',
  store_unavailable: 'The store cannot be reached',
  400: 'That cannot be done',
  401: 'A key is needed',
  foreign_origin: 'Not from this address',
  403: 'This key may not do that',
  404: 'Not found',
  409: 'There is one already',
  413: 'Too large',
  415: 'Not a photo the server reads',
  422: 'No usable face',
  429: 'The server is busy',
  503: 'The server is not ready',
};

/** @param {unknown} error */
export const wasCancelled = (error) => error instanceof DOMException && error.name === 'AbortError';
