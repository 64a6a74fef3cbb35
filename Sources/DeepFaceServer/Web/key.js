const name = 'deepface-key';
let held = '';

/** The API key, kept until the tab is closed and nowhere else. */
export const key = {
  /** @returns {string} Empty where there is none. */
  get: () => {
    try { return sessionStorage.getItem(name) ?? ''; } catch { return held; }
  },
  /** @param {string} value */
  set: (value) => {
    held = value;
    try {
      if (value) sessionStorage.setItem(name, value);
      else sessionStorage.removeItem(name);
    } catch { /* storage is off: it is held until the page is left */ }
  },
};
