// The county beside the phones: the child in hand, what comes, what was said or not, who is invited.
import { ask, make } from "/page/talk.js";
import { spoken, word } from "/page/words.js";
import { story } from "/page/story.js";
import { openLink } from "/page/opening.js";
import { coming, whom } from "/page/strip.js";
import { move } from "/page/clock.js";
import { place as kept } from "/page/keyboard.js";

const place = () => document.getElementById("panel");
const list = (rows, draw) => (rows.length ? make("ul", {}, ...rows.map(draw)) : make("p", { className: "bare" }, word("nothing")));
const when = (text) => make("time", {}, text);
const tag = (text, isBad) => make("span", { className: isBad ? "tag bad" : "tag" }, text);
const choice = (id, name, options, chosen, onchange) => {
  const node = make("select", { id, onchange: () => onchange(node.value) },
    ...options.map(([value, text]) => make("option", { value, selected: String(value) === String(chosen) }, text)));
  node.setAttribute("aria-label", word(name));
  return node;
};
let child, listener = "", words = "";

// Any child of the county, also one without a case.
export function inHand(id, label) { child = { id, label }; return show("child"); }

async function children() {
  const known = (await ask("/county/children")).map((one) => [one.id, `${one.name}  ${one.room}`]);
  child ??= known.length ? { id: known[0][0] } : undefined;
  if (child && !known.some(([id]) => String(id) === String(child.id))) known.unshift([child.id, child.label]);
  const chosen = choice("child", "choose", known, child?.id, (id) => { child = { id }; show("child"); });
  if (!child) return [make("p", { className: "bare" }, word("no_child"))];
  const { family, rungs, cases } = await ask(`/county/child?id=${child.id}&language=${spoken()}`);
  const person = (one) => make("li", {}, `${one.level}  `, make("b", {}, one.name || "—"), "  ", tag(one.reach, !one.bound));
  return [chosen, make("h3", {}, word("family")), list(family, person), make("h3", {}, word("chain")), list(rungs, person),
    ...(cases.length ? cases.flatMap(kase) : [make("p", { className: "bare" }, word("no_case"))])];
}

function kase(one) {
  return [
    make("h3", {}, `${word("cases")} ${one.id}`), tag(one.stage), " ", tag(one.state), ` ${word("counted")} ${one.counted}`,
    make("h3", {}, word("tasks")),
    list(one.tasks, (task) => make("li", {}, when(task.due), `${task.kind}  ${task.owner}  `, tag(task.state, task.overdue),
      task.next ? make("small", {}, task.next) : null)),
    make("h3", {}, word("timeline")),
    list(one.timeline, (line) => make("li", {}, when(line.at), `${line.what}  ${line.who}`)),
  ];
}

async function due() {
  return [make("p", { className: "hint" }, word("due_hint")), list(await coming(), (one) => make("li", {},
    make("button", { type: "button", className: "time", title: word("go_there"), textContent: one.at, onclick: () => move({ to: one.to }) }),
    `${one.what}  `, make("b", {}, whom(one)), `  ${one.child}`))];
}

async function outbox() {
  const phones = [...document.querySelectorAll(".phone")].filter((one) => one.dataset.person);
  const people = [["", word("everybody")], ...phones.map((one) => [one.dataset.person, one.getAttribute("aria-label")])];
  const rows = await ask(`/county/outbox?language=${spoken()}&person=${listener}`);
  return [choice("listener", "who", people, listener, (value) => { listener = value; show("outbox"); }),
    list(rows, (one) => make("li", {}, when(one.at), tag(one.lane), ` ${one.silent ? "" : "🔔 "}${one.kind} → `, make("b", {}, one.to),
      one.child ? ` · ${one.child} ` : " ", tag(one.until ? `${one.state} · ${word("until")} ${one.until}` : one.state, one.trouble),
      one.cause ? make("small", {}, one.cause) : null))];
}

async function invites() {
  const found = make("ul", { id: "guests" });
  const field = make("input", { type: "search", id: "guest", value: words, placeholder: word("find"), oninput: () => { words = field.value; fill(); } });
  field.setAttribute("aria-label", word("find"));
  const fill = async () => {
    const rows = await ask(`/county/guests?words=${encodeURIComponent(words)}&language=${spoken()}`);
    found.replaceChildren(...rows.map(guest));
  };
  await fill();
  return [make("p", { className: "hint" }, word("invite_hint")), field, found];
}

const guest = (one) => make("li", {}, make("span", { className: "about" }, make("b", {}, one.name), ` ${one.about}`),
  tag(word(one.bound ? "bound" : "unbound"), !one.bound),
  make("button", { type: "button", textContent: word("code"), onclick: () => invite(one) }));

async function invite({ person }) {
  const [code] = await ask(`/county/invite?person=${person}`);
  if (code) await openLink(code.link, [code.name, code.child].filter(Boolean).join(" → "));
}

const TABS = { story, child: children, due, outbox, invites };
export let current = "story";

export async function show(name = current) {
  current = name;
  for (const tab of document.querySelectorAll("[role=tab]")) {
    tab.setAttribute("aria-selected", tab.dataset.tab === name);
    tab.tabIndex = tab.dataset.tab === name ? 0 : -1;
  }
  const drawn = make("div", {}, ...(await TABS[name]()));
  if (current !== name || drawn.innerHTML === place().firstChild?.innerHTML) return;
  const top = place().scrollTop, focused = kept(place());
  place().replaceChildren(drawn);
  place().scrollTop = top;
  focused?.(drawn, place());
}

// What happened may have changed the record; whoever is being looked for there is left alone.
export const renew = () => (current === "invites" ? null : show(current));
