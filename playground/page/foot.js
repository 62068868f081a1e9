// Below the chat: what the owner of a phone can write and send.
import { ask, base64, make } from "/page/talk.js";
import { photo, voice } from "/page/samples.js";
import { closeable } from "/page/keyboard.js";
import { word } from "/page/words.js";

export function foot(phone) {
  const { foot: place, standing } = phone;
  const text = place.querySelector("input[type=text]")?.value ?? "";
  if (standing === "blocked") {
    const again = make("button", { textContent: word("unblock"), type: "button", onclick: () => phone.do("unblock") });
    return place.replaceChildren(make("div", { className: "blocked" }, word("is_blocked"), " ", again));
  }
  const field = make("input", { type: "text", placeholder: word("write"), value: text });
  field.setAttribute("aria-label", `${word("write")}: ${phone.card.name}`);
  const form = make("form", { className: "say", onsubmit: (event) => { event.preventDefault(); say(phone, field); } },
    key("☰", "menu", () => commands(phone)), key("＋", "attach", () => attachments(phone)), field,
    make("button", { textContent: "➤", title: word("send"), ariaLabel: word("send") }));
  place.replaceChildren(form);
}

const key = (text, name, onclick) => make("button", { textContent: text, type: "button", onclick, title: word(name), ariaLabel: word(name) });

async function say(phone, field) {
  const text = field.value.trim();
  const link = text.match(/[?&]start=([A-Za-z0-9_-]+)/);
  field.value = "";
  if (text) await (link ? phone.do("start", { code: link[1] }) : phone.do("say", { text }));
}

async function commands(phone) {
  const { commands: known } = await ask(`${phone.address}/screen?newest=1`);
  menu(phone, "menu", known.map(({ command, description }) => [`/${command}  ${description}`, () => phone.command(`/${command}`)]), word("no_menu"));
}

function attachments(phone) {
  menu(phone, "attach", [
    [`📷 ${word("sample_photo")}`, () => phone.do("photo", photo(phone.card.name))],
    [`🎤 ${word("sample_voice")}`, () => phone.do("voice", voice())],
    [`📎 ${word("own_file")}`, () => ownFile(phone)],
  ]);
}

function ownFile(phone) {
  const chosen = make("input", { type: "file", onchange: () => send(phone, chosen.files[0]) });
  chosen.click();
}

async function send(phone, file) {
  if (!file) return;
  const kind = file.type.startsWith("image/") ? "photo" : file.type.startsWith("audio/") ? "voice" : "document";
  await phone.do(kind, { name: file.name, base64: await base64(file) });
}

// A list above the input line; the second press, Escape or a choice closes it.
function menu(phone, name, lines, nothing = "") {
  const open = phone.foot.querySelector(".menu");
  open?.remove();
  if (open?.dataset.name === name) return;
  const list = make("div", { className: "menu", dataset: { name } }, ...lines.map(([text, act]) =>
    make("button", { type: "button", textContent: text, onclick: () => { list.remove(); act(); } })), lines.length ? null : nothing);
  phone.foot.append(list);
  closeable(list, phone.foot.querySelector(`form > button:nth-of-type(${name === "menu" ? 1 : 2})`));
}
