// The page: phones side by side, the clock above them, the county beside them.
import { ask, base64, follow, make, note, popUp, tell } from "/page/talk.js";
import { inZone } from "/page/bubble.js";
import { clock, wind } from "/page/clock.js";
import { choosing } from "/page/keyboard.js";
import { Phone } from "/page/phone.js";
import { inHand, renew, show } from "/page/panel.js";
import { forget, mark } from "/page/story.js";
import { strip } from "/page/strip.js";
import { speak, spoken, word } from "/page/words.js";

const by = (id) => document.getElementById(id);
const phones = new Map();
const RENEWED_MS = 500, STRIP_MS = 2000;
let soon, later;

function open(card) {
  if (phones.has(card.chat_id)) return phones.get(card.chat_id).come();
  const phone = new Phone(card, close);
  phones.set(card.chat_id, phone);
  phone.node.dataset.person = card.person ?? "";
  by("phones").append(phone.node);
  by("who").append(phone.tab);
  return phone.look().then(mark);
}

function close(phone) {
  phones.delete(phone.card.chat_id);
  phone.node.remove();
  phone.tab.remove();
}

// A phone draws what happened at once; the record follows a moment later, once for many things.
function heard(happening) {
  if (happening.kind === "reset") { forget(); return location.reload(); }
  if (happening.kind === "clock") return refresh().catch(gone);
  phones.get(happening.chat_id)?.take(happening);
  soon ??= setTimeout(() => { soon = undefined; mark(); renew()?.catch(gone); }, RENEWED_MS);
  later ??= setTimeout(() => { later = undefined; strip().catch(gone); }, STRIP_MS);
}

// A county that is being replaced answers nothing; its page is about to be opened anew.
const gone = () => {};

async function refresh() {
  mark();
  await Promise.all([clock(), strip(), renew()]);
}

const tabs = [...document.querySelectorAll("[role=tab]")];
tabs.forEach((node) => { node.onclick = () => show(node.dataset.tab); });
choosing(tabs);

by("language").onclick = async () => {
  speak(spoken() === "zh" ? "en" : "zh");
  phones.forEach((phone) => phone.speak());
  await Promise.all([clock(), strip(), show()]);
};

let found = [];
by("find").oninput = async () => {
  const words = by("find").value.trim();
  const whole = found.find((one) => one.label === words);
  if (whole) return pick(whole);
  found = words ? await ask(`/county/search?words=${encodeURIComponent(words)}&language=${spoken()}`) : [];
  by("found").replaceChildren(...found.map((one) => make("option", { value: one.label })));
};
by("add").onsubmit = (event) => { event.preventDefault(); if (found.length) pick(found[0]); };

async function pick(one) {
  by("find").value = "";
  if (one.child) return inHand(one.child, one.label);
  await open(await tell("/county/phone", { person: one.person }));
}

by("transcript").onclick = async () => {
  by("more").open = false;
  const { text } = await ask("/county/transcript");
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  make("a", { href: address, download: "guixiao.txt" }).click();
  URL.revokeObjectURL(address);
};

async function begin(name, asked = {}) {
  by("more").open = false;
  document.body.classList.add("busy");
  note(word("building"), 60_000);
  try { await tell(`/county/${name}`, asked); } catch (problem) { popUp({ text: problem.message, alert: true }); note(""); }
  document.body.classList.remove("busy");
}
by("reset").onclick = () => { if (confirm(word("sure"))) begin("reset"); };
by("load").onclick = () => by("files").click();
by("files").onchange = async () => {
  const files = await Promise.all([...by("files").files].map(async (one) => ({ name: one.name, base64: await base64(one) })));
  by("files").value = "";
  if (files.length) await begin("load", { files });
};
by("more").onkeydown = (event) => { if (event.key === "Escape") { by("more").open = false; by("more").firstElementChild.focus(); } };

addEventListener("wanted", (event) => open(event.detail));

speak(spoken());
wind(refresh);
const { shown, zone } = await ask("/county/parts");
inZone(zone);
await Promise.all(shown.map(open));
follow(heard, (isLost) => { if (isLost) note(word("lost")); else phones.forEach((phone) => phone.look()); });
await Promise.all([clock(), strip(), show("story")]);
document.body.dataset.ready = "yes";
