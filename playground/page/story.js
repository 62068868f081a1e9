// A guided story: one step after the other, done by hand or for you; the key to press is framed.
import { ask, make, note, popUp, tell } from "/page/talk.js";
import { pick, word } from "/page/words.js";
import { STORIES } from "/page/stories.js";
import { show } from "/page/panel.js";

let number = 0;
let step = 0;
let parts;

const filled = (text) => text.replace(/\{(\w+)\}/g, (_, name) => parts.children[name] ?? name);

export async function story() {
  parts ??= await ask("/county/parts");
  const choice = make("select", { onchange: () => { number = Number(choice.value); step = 0; show("story"); } },
    ...STORIES.map((one, place) => make("option", { value: place, selected: place === number }, pick(one.title))));
  choice.setAttribute("aria-label", word("story"));
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
    else popUp(await tell(`/sim/people/${parts.people[one.who]}/tap`, { label: filled(one.tap) }));
    await forward();
  } catch (problem) {
    note(problem.message);
    button.disabled = false;
  }
}

// Frames the phone and the key that the step speaks of.
export function mark() {
  document.querySelectorAll(".next").forEach((node) => node.classList.remove("next"));
  const one = STORIES[number].steps[step];
  if (!one?.who || !parts) return;
  const phone = document.querySelector(`.phone[data-chat="${parts.people[one.who]}"]`);
  phone?.classList.add("next");
  const key = [...(phone?.querySelectorAll(".keys button") ?? [])].reverse().find((node) => node.textContent === filled(one.tap));
  key?.classList.add("next");
}
