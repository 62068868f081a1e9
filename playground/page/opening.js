// What can be opened from a chat: a start link as a QR code for any phone, a file to read.
import { ask, make, note, tell } from "/page/talk.js";
import { word } from "/page/words.js";

const dialog = () => document.getElementById("opened");

function show(title, ...inside) {
  dialog().replaceChildren(make("h2", {}, title), ...inside,
    make("form", { method: "dialog" }, make("button", {}, word("close_it"))));
  if (!dialog().open) dialog().showModal();
}

// The link as its picture, and the phones that could scan it; `whose` says for whom it is.
export async function openLink(link, whose = "") {
  const { picture } = await ask(`/county/qr?link=${encodeURIComponent(link)}`);
  const phones = [...document.querySelectorAll(".phone")];
  const choice = make("select", { id: "scanner" }, make("option", { value: "" }, word("new_phone")),
    ...phones.map((one) => make("option", { value: one.dataset.chat }, one.getAttribute("aria-label"))));
  choice.setAttribute("aria-label", word("scan_with"));
  const scan = make("button", { id: "scan", type: "button", textContent: word("scan"), onclick: () => scanned(link, choice.value) });
  show([word("link"), whose].filter(Boolean).join(" · "), make("img", { className: "qr", src: picture, alt: word("qr") }), make("code", {}, link),
    make("p", {}, word("scan_with"), " ", choice, " ", scan));
  choice.focus();
}

async function scanned(link, chat_id) {
  try {
    const card = await tell("/county/scan", { link, chat_id, name: word("new_phone") });
    dialog().close();
    dispatchEvent(new CustomEvent("wanted", { detail: card }));
  } catch (problem) { note(problem.message); }
}

export async function openFile(message) {
  try {
    const { parts } = await ask(`/county/opened?chat_id=${message.chat_id}&message_id=${message.message_id}`);
    show(message.file.name, make("div", { className: "paper", tabIndex: 0 }, ...parts.map(part)));
  } catch (problem) { note(problem.message); }
}

const part = (one) => (one.rows
  ? make("table", {}, ...one.rows.map((row) => make("tr", {}, ...row.map((cell) => make("td", {}, cell)))))
  : make("p", {}, one.text));
