// One message as a bubble: Telegram's HTML and nothing else, files to open, keys to press.
import { make } from "/page/talk.js";
import { word } from "/page/words.js";

let zone = "UTC";
// Where the county is: its people read its time, wherever the browser is.
export const inZone = (name) => { zone = name; };
const timeOf = (at) => new Date(at).toLocaleTimeString("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" });

const PLAIN = { B: "b", STRONG: "b", I: "i", EM: "i", U: "u", INS: "u", S: "s", DEL: "s", CODE: "code", PRE: "pre", BLOCKQUOTE: "blockquote" };
// What a phone makes tappable in any text: addresses and commands.
const LIVE = /https?:\/\/[^\s<>，。；）]+|(?<![\w/:.])\/[a-z][a-z_]*/g;
export const startLink = (text) => /^https:\/\/t\.me\/\w+\?start=[\w-]+$/.test(text);

function live(text, act) {
  if (text.startsWith("/")) return make("button", { type: "button", className: "inline", textContent: text, onclick: () => act.command(text) });
  if (startLink(text)) return make("button", { type: "button", className: "inline", textContent: text, onclick: () => act.link(text) });
  return make("a", { href: text, target: "_blank", rel: "noreferrer" }, text);
}

function spelled(text, act) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(LIVE)) {
    parts.push(text.slice(end, found.index), live(found[0], act));
    end = found.index + found[0].length;
  }
  return [...parts, text.slice(end)];
}

function allowed(node, act) {
  if (node.nodeType === Node.TEXT_NODE) return spelled(node.data, act);
  const inside = [...node.childNodes].flatMap((one) => allowed(one, act));
  if (PLAIN[node.tagName]) return [make(PLAIN[node.tagName], {}, ...inside)];
  const href = node.tagName === "A" ? node.getAttribute("href") ?? "" : "";
  if (startLink(href)) return [make("button", { type: "button", className: "inline", onclick: () => act.link(href) }, ...inside)];
  if (/^(https?|tg|tel):/.test(href)) return [make("a", { href, target: "_blank", rel: "noreferrer" }, ...inside)];
  return inside;
}

function words(message, act) {
  if (!message.from_bot) return [message.text.replace(/^\/start .*/, "/start")];
  const read = new DOMParser().parseFromString(message.html, "text/html");
  return [...read.body.childNodes].flatMap((node) => allowed(node, act));
}

function file(message, act) {
  if (!message.file) return null;
  const address = `/sim/people/${message.chat_id}/files/${message.message_id}`;
  if (message.kind === "photo") return make("a", { href: address, target: "_blank" }, make("img", { src: address, alt: message.file.name }));
  if (message.kind === "voice") return make("audio", { src: address, controls: true });
  return make("div", { className: "file" },
    make("button", { type: "button", textContent: `📄 ${message.file.name}`, title: word("look_at"), onclick: () => act.open(message) }),
    make("a", { href: address, download: message.file.name, title: word("save_file") }, "⬇"));
}

function meta(message) {
  const node = make("span", { className: "meta" }, message.edited ? `${word("edited")} ` : "", timeOf(message.at));
  if (message.from_bot) node.prepend(make("span", { className: "bell", title: word(message.silent ? "silent" : "rings") }, message.silent ? "🔕" : "🔔"));
  return node;
}

function keys(message, act) {
  const rows = message.buttons.map((row, y) => make("div", {}, ...row.map((key, x) => {
    const button = make("button", { textContent: key.label, type: "button" });
    button.onclick = () => (key.url ? follow(key.url, act) : act.press(message, y, x, button));
    return button;
  })));
  return rows.length ? make("div", { className: "keys", dataset: { on: message.message_id } }, ...rows) : null;
}

const follow = (url, act) => (startLink(url) ? act.link(url) : window.open(url, "_blank", "noreferrer"));

// A message with its keys; `act` says what happens when something in it is pressed.
export function line(message, act) {
  const node = make("div", { className: "bubble", dataset: { id: message.message_id } }, file(message, act), ...words(message, act), meta(message));
  node.classList.toggle("mine", !message.from_bot);
  node.classList.toggle("rings", message.from_bot && !message.silent);
  return make("div", { className: "line" }, node, keys(message, act));
}
