// The page: phones side by side, the clock above them, the county beside them.
import { ask, base64, follow, make, note, popUp, tell } from "/page/talk.js";
import { inZone } from "/page/bubble.js";
import { Phone } from "/page/phone.js";
import { current, show } from "/page/panel.js";
import { mark } from "/page/story.js";
import { speak, spoken, word } from "/page/words.js";

const by = (id) => document.getElementById(id);
const phones = new Map();
let soon;

function open(card) {
  if (phones.has(card.chat_id)) return phones.get(card.chat_id).come();
  const phone = new Phone(card, close);
  phones.set(card.chat_id, phone);
  by("phones").append(phone.node);
  by("who").append(phone.tab);
  return phone.look().then(mark);
}

function close(phone) {
  phones.delete(phone.card.chat_id);
  phone.node.remove();
  phone.tab.remove();
}

async function heard(happening) {
  if (happening.kind === "reset") return location.reload();
  const phone = phones.get(happening.chat_id);
  if (phone) await phone.look();
  mark();
  clearTimeout(soon);
  soon = setTimeout(refresh, 250);
}

async function refresh() {
  await clock();
  await show(current);
}

// What somebody is typing as a date is left alone until it is used.
let isTyped = false;
by("when").oninput = () => { isTyped = true; };

async function clock() {
  const { now } = await ask("/county/now");
  const day = new Intl.DateTimeFormat(spoken(), { weekday: "short" }).format(new Date(now));
  by("now").textContent = `${now.slice(0, 10)} ${day} ${now.slice(11, 16)}`;
  if (!isTyped) by("when").value = now.slice(0, 16).replace("T", " ");
}

let isMoving = false;
async function move(how) {
  if (isMoving) return;
  isMoving = true;
  document.querySelectorAll("#clock button:not(#play)").forEach((node) => { node.disabled = true; });
  try { await tell("/county/move", how); } catch (problem) { note(problem.message); stop(); }
  isMoving = false;
  document.querySelectorAll("#clock button").forEach((node) => { node.disabled = false; });
  await refresh();
}

let playing;
function stop() {
  clearInterval(playing);
  playing = undefined;
  by("play").setAttribute("aria-pressed", "false");
}

by("play").onclick = () => {
  if (playing) return stop();
  by("play").setAttribute("aria-pressed", "true");
  playing = setInterval(() => move({ seconds: Number(by("speed").value) }), 1000);
};
document.querySelectorAll("[data-move]").forEach((node) => { node.onclick = () => move({ by: node.dataset.move }); });
by("go").onclick = () => { isTyped = false; return move({ to: by("when").value.trim() }); };
by("when").onkeydown = (event) => { if (event.key === "Enter") by("go").click(); };
document.querySelectorAll("[data-tab]").forEach((node) => { node.onclick = () => show(node.dataset.tab); });
by("language").onclick = () => { speak(spoken() === "zh" ? "en" : "zh"); refresh(); };

let found = [];
by("find").oninput = async () => {
  const words = by("find").value.trim();
  const whole = found.find((one) => one.label === words);
  if (whole) return pick(whole);
  found = words ? await ask(`/county/search?words=${encodeURIComponent(words)}`) : [];
  by("found").replaceChildren(...found.map((one) => make("option", { value: one.label })));
};
by("add").onsubmit = (event) => { event.preventDefault(); if (found.length) pick(found[0]); };

async function pick(one) {
  by("find").value = "";
  await open(await tell("/county/phone", { person: one.id }));
}

by("transcript").onclick = async () => {
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

addEventListener("wanted", (event) => open(event.detail));

speak(spoken());
const { shown, zone } = await ask("/county/parts");
inZone(zone);
await Promise.all(shown.map(open));
follow(heard, (isLost) => { if (isLost) note(word("lost")); else phones.forEach((phone) => phone.look()); });
await refresh();
document.body.dataset.ready = "yes";
