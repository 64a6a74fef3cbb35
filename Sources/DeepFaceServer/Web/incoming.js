/**
 * Photos that are pasted, or dropped beside the places made for them, go to the page that is shown.
 * @type {{receive: ?((files: File[]) => void)}}
 */
export const shown = { receive: null };

export function listen() {
  document.addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith('image/'));
    if (!files.length || document.querySelector('dialog[open]')) return;
    event.preventDefault();
    shown.receive?.(files);
  });
  document.addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
  });
  document.addEventListener('drop', (event) => {
    if (event.defaultPrevented || !event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    const files = [...event.dataTransfer.files];
    if (files.length && !document.querySelector('dialog[open]')) shown.receive?.(files);
  });
}
