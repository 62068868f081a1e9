// The county beside the phones: the child in hand, what comes due, and what was said or not said.
import { ask, make } from "/page/talk.js";
import { spoken, word } from "/page/words.js";
import { story } from "/page/story.js";

const place = () => document.getElementById("panel");
const list = (rows, draw) => (rows.length ? make("ul", {}, ...rows.map(draw)) : make("p", { className: "bare" }, word("nothing")));
const when = (text) => make("time", {}, text);
const tag = (text, isBad) => make("span", { className: isBad ? "tag bad" : "tag" }, text);
let chosen;

async function child() {
  const children = await ask("/county/children");
  chosen ??= children[0]?.id;
  const choice = make("select", { id: "child", onchange: () => { chosen = choice.value; show("child"); } },
    ...children.map((one) => make("option", { value: one.id, selected: String(one.id) === String(chosen) }, `${one.name}  ${one.room}`)));
  choice.setAttribute("aria-label", word("choose"));
  if (!chosen) return [choice];
  const { rungs, cases } = await ask(`/county/child?id=${chosen}&language=${spoken()}`);
  const chain = list(rungs, (one) => make("li", {}, `${one.level}  `, make("b", {}, one.name || "—"), "  ",
    tag(word(one.bound ? "bound" : "unbound"), !one.bound)));
  return [choice, make("h3", {}, word("chain")), chain, ...cases.flatMap(kase)];
}

function kase(one) {
  return [
    make("h3", {}, `${word("cases")} ${one.id}`), tag(one.stage), " ", tag(one.state), ` ${word("counted")}: ${one.counted}`,
    make("h3", {}, word("tasks")),
    list(one.tasks, (task) => make("li", {}, when(task.due), `${task.kind}  ${task.owner}  `, tag(task.state, task.overdue))),
    make("h3", {}, word("timeline")),
    list(one.timeline, (line) => make("li", {}, when(line.at), `${line.what}  ${line.who}`)),
  ];
}

async function due() {
  const rows = await ask(`/county/due?language=${spoken()}`);
  return [list(rows, (one) => make("li", {}, when(one.at), `${one.kind}  `, make("b", {}, one.owner), `  ${one.child}`))];
}

async function outbox() {
  const rows = await ask(`/county/outbox?language=${spoken()}`);
  return [list(rows, (one) => make("li", {}, when(one.at), tag(one.lane), `  ${one.kind} → `, make("b", {}, one.to), "  ",
    tag(one.state, one.cause !== ""), ` ${one.cause}`))];
}

const TABS = { story, child, due, outbox };
export let current = "story";

export async function show(name = current) {
  current = name;
  for (const tab of document.querySelectorAll("[role=tab]")) tab.setAttribute("aria-selected", tab.dataset.tab === name);
  const top = place().scrollTop;
  const parts = await TABS[name]();
  if (current !== name) return;
  place().replaceChildren(...parts);
  place().scrollTop = top;
}
