/**
 * Has screen readers say something.
 * @param {string} text
 */
export function announce(text) {
  const place = document.getElementById('says');
  if (!place) return;
  place.textContent = '';
  setTimeout(() => { place.textContent = text; }, 50);
}
