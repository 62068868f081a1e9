// One message as a bubble: Telegram's HTML and nothing else, files to open, keys to press.
import { make } from "/page/talk.js";

let zone = "UTC";
// Where the county is: its people read its time, wherever the browser is.
export const inZone = (name) => { zone = name; };
const timeOf = (at) => new Date(at).toLocaleTimeString("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" });

const PLAIN = { B: "b", STRONG: "b", I: "i", EM: "i", U: "u", INS: "u", S: "s", DEL: "s", CODE: "code", PRE: "pre", BLOCKQUOTE: "blockquote" };

function allowed(node) {
  if (node.nodeType === Node.TEXT_NODE) return document.createTextNode(node.data);
  const inside = [...node.childNodes].map(allowed);
  if (PLAIN[node.tagName]) return make(PLAIN[node.tagName], {}, ...inside);
  if (node.tagName === "A" && /^(https?|tg|tel):/.test(node.getAttribute("href") ?? ""))
    return make("a", { href: node.getAttribute("href"), target: "_blank", rel: "noreferrer" }, ...inside);
  return make("span", {}, ...inside);
}

function words(message) {
  if (!message.from_bot) return [document.createTextNode(message.text.replace(/^\/start .*/, "/start"))];
  const read = new DOMParser().parseFromString(message.html, "text/html");
  return [...read.body.childNodes].map(allowed);
}

function file(message) {
  if (!message.file) return null;
  const address = `/sim/people/${message.chat_id}/files/${message.message_id}`;
  if (message.kind === "photo") return make("img", { src: address, alt: message.file.name });
  if (message.kind === "voice") return make("audio", { src: address, controls: true });
  return make("a", { href: address, download: message.file.name }, message.file.name);
}

export function bubble(message, isFresh) {
  const node = make("div", { className: "bubble", dataset: { id: message.message_id } }, file(message), ...words(message),
    make("span", { className: "meta" }, timeOf(message.at)));
  node.classList.toggle("mine", !message.from_bot);
  node.classList.toggle("rings", message.from_bot && !message.silent);
  node.classList.toggle("fresh", isFresh);
  return node;
}

export function keys(message, press) {
  const rows = message.buttons.map((row, y) => make("div", {}, ...row.map((key, x) => {
    const button = make("button", { textContent: key.label, type: "button" });
    button.onclick = () => (key.url ? window.open(key.url, "_blank", "noreferrer") : press(message, y, x, button));
    return button;
  })));
  return rows.length ? make("div", { className: "keys", dataset: { on: message.message_id } }, ...rows) : null;
}
