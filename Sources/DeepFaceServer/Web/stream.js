import { json } from './api.js';
import { key } from './key.js';
import { Problem } from './problem.js';

/** @typedef {import('./types.js').Frame} Frame */

const patience = 20_000;

/**
 * A connection that frames go over, one at a time.
 * @param {{collection?: ?string, detector?: string, anti_spoofing?: boolean}} wanted
 * @param {(problem: Problem) => void} ended Called when it ends by itself.
 */
export async function openStream(wanted, ended) {
  const address = new URL('/v1/stream', location.href);
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  for (const [name, value] of Object.entries(wanted)) if (value) address.searchParams.set(name, String(value));
  const socket = await connected(address);
  /** @type {?{resolve: (frame: Frame) => void, reject: (problem: Problem) => void}} */
  let waiting = null;
  let isClosed = false;
  socket.addEventListener('message', ({ data }) => {
    const asked = waiting;
    waiting = null;
    try {
      asked?.resolve(JSON.parse(data));
    } catch {
      asked?.reject(new Problem('The server’s answer is none this page understands'));
    }
  });
  socket.addEventListener('close', ({ reason }) => {
    if (isClosed) return;
    isClosed = true;
    const problem = new Problem(reason || 'The connection to the server broke off', { code: 'stream' });
    if (waiting) waiting.reject(problem);
    else ended(problem);
    waiting = null;
  });

  return {
    /**
     * @param {Blob} jpeg
     * @returns {Promise<Frame>}
     */
    send: (jpeg) => new Promise((resolve, reject) => {
      if (isClosed) return reject(new Problem('The connection to the server broke off', { code: 'stream' }));
      const timer = setTimeout(() => settled(reject)(new Problem('The server took too long over a frame', { code: 'stream' })), patience);
      const settled = (/** @type {(value: any) => void} */ settle) => (/** @type {any} */ value) => {
        clearTimeout(timer);
        settle(value);
      };
      waiting = { resolve: settled(resolve), reject: settled(reject) };
      socket.send(jpeg);
    }),
    close() {
      isClosed = true;
      waiting?.reject(new Problem('stopped', { code: 'stopped' }));
      waiting = null;
      socket.close();
    },
  };
}

/**
 * Browsers do not say why a WebSocket was refused, so the reason is asked for in another way; where there is none any more, as
 * after a key was given or the server has warmed up, it is tried again.
 * @param {URL} address
 * @returns {Promise<WebSocket>}
 */
async function connected(address) {
  for (let first = true; ; first = false) {
    const used = key.get();
    if (used && !/^[\w!#$%&'*+.^`|~-]+$/.test(used)) {
      throw new Problem('Browsers cannot send this key with live video, for a sign in it; use one made with “deepface keys create”', { code: 'stream' });
    }
    try {
      return await opened(used ? new WebSocket(address, ['deepface', `key.${used}`]) : new WebSocket(address));
    } catch {
      const collection = address.searchParams.get('collection');
      await json(collection ? `/v1/collections/${encodeURIComponent(collection)}` : '/v1/collections');
      if (first) continue;
      throw new Problem('The server did not take the connection for live video', { code: 'stream' });
    }
  }
}

/**
 * @param {WebSocket} socket
 * @returns {Promise<WebSocket>}
 */
const opened = (socket) => new Promise((resolve, reject) => {
  socket.binaryType = 'arraybuffer';
  socket.addEventListener('open', () => resolve(socket), { once: true });
  socket.addEventListener('error', reject, { once: true });
});
