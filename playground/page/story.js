// A guided story: one step after the other, done by hand or for you; the key to press is framed.
import { ask, make, note, tell } from "/page/talk.js";
import { go as goOn } from "/page/clock.js";
import { pick, word } from "/page/words.js";
import { photo } from "/page/samples.js";
import { CHAPTERS, STORIES } from "/page/stories.js";
import { show } from "/page/panel.js";

// How far each story has been played in this county, also after the page was opened anew.
const kept = JSON.parse(sessionStorage.getItem("stories") ?? "{}");
let number = kept.number ?? 0;
const steps = kept.steps ?? STORIES.map(() => 0);
let parts;
let shown;
let isBusy = false;
const PATIENCE_MS = 25000;
const LOOK_MS = 60;
const TRIES = 10;

const filled = (text) => text.replace(/\{(\w+)\}/g, (_, name) => parts.children[name] ?? name);
const isPlayed = (one) => steps[one] >= STORIES[one].steps.length;
export const forget = () => sessionStorage.removeItem("stories");

function go(story, step) {
  number = story;
  steps[story] = step;
  sessionStorage.setItem("stories", JSON.stringify({ number, steps }));
  return show("story");
}

export async function story() {
  parts ??= await ask("/county/parts");
  if (!parts.people.teacher) return [make("p", { className: "bare" }, word("own_county"))];
  const choice = make("select", { id: "stories", onchange: () => go(Number(choice.value), steps[Number(choice.value)]) },
    ...CHAPTERS.map((chapter) => make("optgroup", { label: pick(chapter.title) }, ...chapter.stories.map(option))));
  choice.setAttribute("aria-label", word("story"));
  const { needs, steps: all } = STORIES[number];
  if (needs !== undefined && !isPlayed(needs)) return [choice, before(needs)];
  mark();
  const end = isPlayed(number) ? make("p", { className: "tag" }, word("end")) : "";
  return [choice, make("ol", {}, ...all.map(line)), end];
}

function option(one) {
  const place = STORIES.indexOf(one);
  return make("option", { value: place, selected: place === number }, (isPlayed(place) ? "✓ " : "") + pick(one.title));
}

// A story that goes on from another one: that one is played for whoever wants to begin here.
function before(needs) {
  const hurry = make("button", { id: "hurry", type: "button", textContent: word("hurry"), onclick: () => playUpTo(needs) });
  return make("div", { className: "step now" }, make("p", {}, `${word("goes_on")}${pick(STORIES[needs].title)}`), hurry);
}

async function playUpTo(needed) {
  const wanted = number;
  try {
    for (const one of line_of(needed)) {
      for (; !isPlayed(one); steps[one] += 1) {
        const step = STORIES[one].steps[steps[one]];
        note(pick(step.say), PATIENCE_MS);
        await perform(step);
      }
    }
    note("");
  } catch (problem) { note(problem.message); }
  await go(wanted, steps[wanted]);
}

// The stories that come before, the first of them first.
const line_of = (one) => [...(STORIES[one].needs === undefined ? [] : line_of(STORIES[one].needs)), one];

function line(one, place) {
  const step = steps[number];
  const node = make("li", { className: `step${place === step ? " now" : place < step ? " done" : ""}` },
    make("p", {}, `${place + 1}. ${pick(one.say)}`));
  if (place !== step) return node;
  const forward = () => go(number, step + 1);
  const help = make("button", { id: "do-it", type: "button", textContent: word("do_it") });
  help.onclick = async () => {
    help.disabled = true;
    try { await perform(one); await forward(); } catch (problem) { note(problem.message); }
    help.disabled = false;
  };
  node.append(help, " ", make("button", { type: "button", textContent: word("next"), onclick: forward }));
  return node;
}

async function perform(one) {
  isBusy = true;
  try {
    if (one.move) await moveTo(one.move);
    for (const what of one.taps ?? []) await act(parts.people[one.who], filled(what));
  } finally { isBusy = false; }
}

// Whoever has moved the clock by hand is there already; a day that has passed does not come again.
async function moveTo(at) {
  const { now } = await ask("/county/now");
  if (now.slice(0, 16) < at) return goOn({ to: at });
  if (now.slice(0, 10) !== at.slice(0, 10)) throw new Error(word("too_late"));
}

async function act(chat, what) {
  const address = `/sim/people/${chat}`;
  await called(chat);
  if (what === "📷") return tell(`${address}/photo`, photo(word("sample_photo")));
  if (what.startsWith("✎")) return tell(`${address}/say`, { text: what.slice(1) });
  for (let tries = 1; ; tries += 1) {
    const key = await appeared(chat, what);
    try {
      if (key.closest(".board")) return await tell(`${address}/press`, { label: key.textContent });
      return note((await tell(`${address}/tap`, { label: key.textContent }))?.text ?? "");
    } catch (problem) {
      // The message may have changed a moment ago: look again.
      if (tries === TRIES || !problem.message.startsWith("LookupError")) throw problem;
      await new Promise((resolve) => { setTimeout(resolve, 5 * LOOK_MS); });
    }
  }
}

// The newest key of these words on a phone; a card about one child alone leaves the name out.
function sought(chat, what) {
  const fits = what.endsWith("*") ? (text) => text.startsWith(what.slice(0, -1)) : (text) => text === what;
  const keys = document.querySelectorAll(`.phone[data-chat="${chat}"] :is(.keys, .board) button`);
  const newest = [...keys].reverse();
  return newest.find((node) => fits(node.textContent)) ?? newest.find((node) => node.textContent === what.split("·")[0]);
}

async function appeared(chat, what) {
  for (let waited = 0; waited < PATIENCE_MS; waited += LOOK_MS) {
    const key = sought(chat, what);
    if (key) return key;
    await new Promise((resolve) => { setTimeout(resolve, LOOK_MS); });
  }
  throw new Error(`${word("no_key")}${what}`);
}

const phoneOf = (chat) => document.querySelector(`.phone[data-chat="${chat}"]`);

// Brings the phone that a step speaks of, where it is not there.
function called(chat) {
  const card = Object.values(parts.cards).find((one) => one.chat_id === chat);
  if (card && !phoneOf(chat)) dispatchEvent(new CustomEvent("wanted", { detail: card }));
}

// Frames the phone and the key that the step speaks of.
export function mark() {
  const one = STORIES[number].steps[steps[number]];
  const chat = parts?.people[one?.who];
  const key = chat && !isBusy ? sought(chat, filled(one.taps[0])) : undefined;
  document.querySelectorAll(".next").forEach((node) => { if (node !== key) node.classList.remove("next"); });
  if (!chat || (STORIES[number].needs !== undefined && !isPlayed(STORIES[number].needs))) return;
  called(chat);
  const phone = phoneOf(chat);
  phone?.classList.add("next");
  key?.classList.add("next");
  const told = `${number}.${steps[number]}`;
  if (phone && shown !== told) phone.scrollIntoView({ inline: "nearest", block: "nearest" });
  shown = told;
}
