// The clock in the trainer's hand.
import { ask, note, tell } from "/page/talk.js";
import { spoken } from "/page/words.js";

const by = (id) => document.getElementById(id);
const shown = (text) => document.querySelectorAll(text);
let isTyped = false, isMoving = false, playing, changed;

export async function clock() {
  const { now } = await ask("/county/now");
  const day = new Intl.DateTimeFormat(spoken(), { weekday: "short" }).format(new Date(now));
  by("now").textContent = `${now.slice(0, 10)} ${day} ${now.slice(11, 16)}`;
  // What somebody is typing as a date is left alone until it is used.
  if (!isTyped) by("when").value = now.slice(0, 16).replace("T", " ");
}

// Moves the clock and says what is wrong where that cannot be.
export async function go(how) {
  isMoving = true;
  document.body.classList.add("moving");
  try { await tell("/county/move", how); } finally {
    isMoving = false;
    document.body.classList.remove("moving");
  }
  await changed();
}

export async function move(how) {
  if (isMoving) return;
  try { await go(how); } catch (problem) { note(problem.message); stop(); }
}

function stop() {
  clearInterval(playing);
  playing = undefined;
  by("play").setAttribute("aria-pressed", "false");
}

function play() {
  if (playing) return stop();
  by("play").setAttribute("aria-pressed", "true");
  playing = setInterval(() => move({ seconds: Number(by("speed").value) }), 1000);
}

// `whenMoved` draws anew what depends on the time.
export function wind(whenMoved) {
  changed = whenMoved;
  by("play").onclick = play;
  by("when").oninput = () => { isTyped = true; };
  by("when").onkeydown = (event) => { if (event.key === "Enter") by("go").click(); };
  by("go").onclick = () => { isTyped = false; return move({ to: by("when").value.trim() }); };
  shown("[data-move]").forEach((node) => { node.onclick = () => move({ by: node.dataset.move }); });
}
