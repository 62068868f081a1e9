// A guided story: one step after the other, done by hand or for you; the key to press is framed.
import { ask, make, note, tell } from "/page/talk.js";
import { pick, word } from "/page/words.js";
import { STORIES } from "/page/stories.js";
import { photo } from "/page/samples.js";
import { show } from "/page/panel.js";

let number = 0;
let step = 0;
let parts;
let shown;
const PATIENCE_MS = 25000;
const LOOK_MS = 60;
const TRIES = 10;

const filled = (text) => text.replace(/\{(\w+)\}/g, (_, name) => parts.children[name] ?? name);

export async function story() {
  parts ??= await ask("/county/parts");
  const choice = make("select", { onchange: () => { number = Number(choice.value); step = 0; show("story"); } },
    ...STORIES.map((one, place) => make("option", { value: place, selected: place === number }, pick(one.title))));
  choice.setAttribute("aria-label", word("story"));
  if (!parts.people.teacher) return [make("p", { className: "bare" }, word("own_county"))];
  const { steps } = STORIES[number];
  mark();
  const end = step >= steps.length ? make("p", { className: "tag" }, word("end")) : null;
  return [choice, make("ol", {}, ...steps.map(line)), end ?? "", make("button", { type: "button", onclick: () => { step = 0; show("story"); } }, word("again"))];
}

function line(one, place) {
  const node = make("li", { className: `step${place === step ? " now" : place < step ? " done" : ""}` },
    make("p", {}, `${place + 1}. ${pick(one.say)}`));
  if (place !== step) return node;
  const help = make("button", { id: "do-it", type: "button", textContent: word("do_it") });
  help.onclick = () => perform(one, help);
  node.append(help, " ", make("button", { type: "button", textContent: word("next"), onclick: forward }));
  return node;
}

function forward() {
  step += 1;
  return show("story");
}

async function perform(one, button) {
  button.disabled = true;
  try {
    if (one.move) await tell("/county/move", { to: one.move });
    for (const what of one.taps ?? []) await act(parts.people[one.who], filled(what));
    await forward();
  } catch (problem) {
    note(problem.message);
    button.disabled = false;
  }
}

async function act(chat, what) {
  const address = `/sim/people/${chat}`;
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

// Frames the phone and the key that the step speaks of, and brings the phone where it is not there.
export function mark() {
  document.querySelectorAll(".next").forEach((node) => node.classList.remove("next"));
  const one = STORIES[number].steps[step];
  if (!one?.who || !parts?.cards[one.who]) return;
  const phone = document.querySelector(`.phone[data-chat="${parts.people[one.who]}"]`);
  if (!phone) return dispatchEvent(new CustomEvent("wanted", { detail: parts.cards[one.who] }));
  phone.classList.add("next");
  sought(parts.people[one.who], filled(one.taps[0]))?.classList.add("next");
  const told = `${number}.${step}`;
  if (shown !== told) phone.scrollIntoView({ inline: "nearest", block: "nearest" });
  shown = told;
}
