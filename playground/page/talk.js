// Talking with the server: JSON both ways, and the stream of what happens.
async function answer(response) {
  const body = await response.json();
  if (!body.ok) throw new Error(body.error);
  return body.result;
}

export const ask = async (path) => answer(await fetch(path));

export const tell = async (path, body = {}) => answer(await fetch(path, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
}));

export function follow(heard, lost) {
  const stream = new EventSource("/stream");
  stream.onmessage = (event) => heard(JSON.parse(event.data));
  stream.onopen = () => lost(false);
  stream.onerror = () => lost(true);
}

export const base64 = (blob) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result.split(",")[1]);
  reader.onerror = reject;
  reader.readAsDataURL(blob);
});

export function make(tag, values = {}, ...inside) {
  const { dataset, ...rest } = values;
  const node = Object.assign(document.createElement(tag), rest);
  Object.assign(node.dataset, dataset ?? {});
  node.append(...inside.filter((one) => one !== null && one !== undefined));
  return node;
}

let hiding;
export function note(text, for_ms = 3200) {
  const place = document.getElementById("note");
  place.textContent = text;
  place.classList.toggle("on", text !== "");
  clearTimeout(hiding);
  hiding = setTimeout(() => place.classList.remove("on"), for_ms);
}

export function popUp(popup) {
  if (!popup || !popup.text) return;
  if (!popup.alert) return note(popup.text);
  const dialog = document.getElementById("alert");
  dialog.querySelector("p").textContent = popup.text;
  if (!dialog.open) dialog.showModal();
}
