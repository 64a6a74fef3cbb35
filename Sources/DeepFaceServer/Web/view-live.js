import { announce } from './announce.js';
import { openCamera } from './camera.js';
import { collectionChoice } from './collection-choice.js';
import { choice, toggle } from './controls.js';
import { el, fill } from './dom.js';
import { faceOptions } from './face-options.js';
import { icon } from './icons.js';
import { pause } from './notices.js';
import { drawFaces } from './overlay.js';
import { heading } from './parts.js';
import { problemCard } from './problem-card.js';
import { Problem } from './problem.js';
import { loadCollections, loadModels } from './server.js';
import { watch } from './store.js';
import { openStream } from './stream.js';
import { counted, sentence, short } from './words.js';

/** @typedef {import('./types.js').Frame} Frame */

/** Frames are sent this wide at most. */
const sentWidth = 640;

/** The camera's picture, with boxes and names over it. */
export function liveView() {
  /**
   * The camera and connection in use.
   * @type {?{media: MediaStream, stream: ?{close: () => void}, isOver: boolean}}
   */
  let session = null;
  let starts = 0;

  const video = el('video', { muted: true, playsInline: true, 'aria-label': 'The camera’s picture' });
  const layer = el('div.layer');
  const idle = el('div.idle', {}, icon('live'), el('p', {}, 'The camera is off.'));
  const stage = el('div.stage', {}, video, layer, idle);
  const rate = el('strong', {}, '–');
  const latency = el('strong', {}, '–');
  const inView = el('p.in-view');
  const trouble = el('div');
  const start = el('button.primary.large', { type: 'button', onclick: () => (session ? stop() : begin()) });
  const cameras = choice('Camera', { changed: () => { if (session) begin(); } });
  const collection = collectionChoice({ none: 'Name nobody', changed: reconnect });
  const options = faceOptions(['detector', 'anti_spoofing'], { changed: reconnect, spoofingHint: 'Tells of each face whether it is a live one.' });
  const mirror = toggle('Mirror', { on: true, changed: () => stage.classList.toggle('mirrored', mirror.on) });
  stage.classList.add('mirrored');
  showState();

  /** A collection's faces were found in one way, which is that of the frames, too. */
  const showDetector = () => { options.detector.element.closest('details')?.toggleAttribute('hidden', !!collection.value); };
  watch(showDetector);

  function showState() {
    fill(start, icon(session ? 'cross' : 'live'), el('span', {}, session ? 'Stop' : 'Start the camera'));
    start.classList.toggle('primary', !session);
    stage.classList.toggle('on', !!session);
    idle.hidden = !!session;
    cameras.element.hidden = cameras.select.options.length < 2;
  }

  function stop() {
    starts += 1;
    const old = session;
    session = null;
    if (old) {
      old.isOver = true;
      old.stream?.close();
      for (const track of old.media.getTracks()) track.stop();
    }
    video.srcObject = null;
    fill(layer);
    fill(inView);
    rate.textContent = latency.textContent = '–';
    showState();
  }

  async function begin() {
    stop();
    const mine = starts;
    fill(trouble);
    start.disabled = true;
    try {
      const media = await openCamera(cameras.value);
      if (mine !== starts) {
        for (const track of media.getTracks()) track.stop();
        return;
      }
      session = { media, stream: null, isOver: false };
      media.getVideoTracks()[0]?.addEventListener('ended', () => {
        if (session?.media === media) fail(new Problem('The camera was switched off', { code: 'camera' }));
      });
      video.srcObject = media;
      await video.play();
      stage.style.setProperty('--ratio', String(video.videoWidth / video.videoHeight || 16 / 9));
      showState();
      listCameras(media);
      reconnect();
    } catch (error) {
      if (mine === starts) fail(error);
    } finally {
      start.disabled = false;
    }
  }

  /** @param {unknown} error */
  function fail(error) {
    stop();
    fill(trouble, problemCard(error));
  }

  /** @param {MediaStream} media */
  async function listCameras(media) {
    const devices = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind, deviceId }) => kind === 'videoinput' && deviceId);
    cameras.offer(devices.map(({ deviceId, label }, index) => ({ value: deviceId, text: label || `Camera ${index + 1}` })),
      media.getVideoTracks()[0]?.getSettings().deviceId);
    showState();
  }

  /** Leaves the camera on and sends nothing. */
  function rest() {
    if (!session) return;
    session.isOver = true;
    session.stream?.close();
  }
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) rest();
    else reconnect();
  });

  /** Starts sending frames, or starts anew with what is chosen now. */
  async function reconnect() {
    showDetector();
    rest();
    if (!session) return;
    const mine = session = { media: session.media, stream: null, isOver: false };
    try {
      const { detector, anti_spoofing: antiSpoofing } = options.values;
      const stream = await openStream(
        { collection: collection.value, detector: collection.value ? '' : String(detector ?? ''), anti_spoofing: !!antiSpoofing },
        (problem) => { if (!mine.isOver) fail(problem); });
      if (mine.isOver) return stream.close();
      mine.stream = /** @type {any} */ (stream);
      await sendFrames(stream, mine);
    } catch (error) {
      if (!mine.isOver) fail(error);
    }
  }

  /**
   * @param {{send: (jpeg: Blob) => Promise<Frame>}} stream
   * @param {{isOver: boolean}} mine
   */
  async function sendFrames(stream, mine) {
    const canvas = document.createElement('canvas');
    const context = canvas.getContext('2d', { alpha: false });
    /** @type {number[]} */
    const done = [];
    while (!mine.isOver) {
      await nextPicture(video);
      if (mine.isOver || !video.videoWidth) continue;
      canvas.width = Math.min(sentWidth, video.videoWidth);
      canvas.height = Math.round((canvas.width * video.videoHeight) / video.videoWidth);
      context?.drawImage(video, 0, 0, canvas.width, canvas.height);
      /** @type {?Blob} */
      const jpeg = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.85));
      if (!jpeg || mine.isOver) continue;
      const sent = performance.now();
      const frame = await stream.send(jpeg);
      if (mine.isOver) return;
      const now = performance.now();
      done.push(now);
      while (done.length > 2 && now - done[0] > 3000) done.shift();
      if (done.length > 1) rate.textContent = ((1000 * (done.length - 1)) / (now - done[0])).toFixed(1);
      latency.textContent = `${Math.round(now - sent)} ms`;
      show(frame, { width: frame.width ?? canvas.width, height: frame.height ?? canvas.height });
      if (frame.problem) await pause(1000);
    }
  }

  let told = '';
  let toldAt = 0;
  /**
   * @param {Frame} frame
   * @param {{width: number, height: number}} size
   */
  function show(frame, size) {
    const faces = frame.faces ?? [];
    drawFaces(layer, size, faces.map(({ facial_area: area, person, is_real: isReal }) => ({
      area,
      tone: isReal === false ? 'bad' : person ? 'match' : 'plain',
      label: [person ?? (collection.value ? 'Unknown' : ''), isReal === undefined ? '' : isReal ? 'live' : 'not live'].filter(Boolean).join(' · '),
    })), { mirrored: mirror.on });
    const words = frame.problem ? sentence(frame.problem.detail) : inWords(faces, !!collection.value);
    if (inView.textContent !== words) inView.textContent = words;
    const toTell = words.replace(/ \([\d.]+\)/g, '');
    if (toTell !== told && performance.now() - toldAt > 2000) {
      [told, toldAt] = [toTell, performance.now()];
      announce(toTell);
    }
  }

  return {
    title: 'Live',
    element: el('section.view', {}, heading('Live', 'Who the camera sees. Frames go to this server as they come, and are not kept.'),
      el('div.split.live', {},
        el('div.stack', {}, stage, trouble,
          el('div.live-bar', {}, start, el('div.gauges', {}, el('span', {}, rate, ' frames/s'), el('span', {}, latency, ' latency'))),
          inView),
        el('div.panel', {}, collection.element, cameras.element, options.element, mirror.element))),
    async enter() {
      await Promise.all([loadCollections(), loadModels()]).catch((error) => { if (!session) fill(trouble, problemCard(error)); });
    },
    leave: stop,
  };
}

/**
 * Who is in view, or how many where nobody is named.
 * @param {NonNullable<Frame['faces']>} faces
 * @param {boolean} areNamed
 */
function inWords(faces, areNamed) {
  if (!faces.length) return 'No face in view.';
  if (areNamed) {
    return faces.map(({ person, distance, is_real: isReal }) =>
      `${person ?? 'Unknown'}${person && distance !== undefined ? ` (${short(distance)})` : ''}${isReal === false ? ', not live' : ''}`).join(' · ');
  }
  const spoofs = faces.filter(({ is_real: isReal }) => isReal === false).length;
  return `${counted(faces.length, 'face')} in view${spoofs ? `, ${spoofs} not live` : ''}.`;
}

/**
 * The next picture of a video; none comes while the page is hidden.
 * @param {HTMLVideoElement} video
 * @returns {Promise<void>}
 */
const nextPicture = (video) => new Promise((resolve) => {
  if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(() => resolve());
  else requestAnimationFrame(() => resolve());
});
