// The strip: what comes in the next days, and for whom; a press moves the clock there.
import { ask, make } from "/page/talk.js";
import { move } from "/page/clock.js";
import { spoken, word } from "/page/words.js";

const MOST = 12;
export const coming = () => ask(`/county/due?language=${spoken()}`);
export const whom = (one) => one.whom.join("、") + (one.more ? ` +${one.more}` : "");

function chip(one) {
  const node = make("button", { type: "button", className: one.climbs ? "chip climbs" : "chip", title: word("go_there"), onclick: () => move({ to: one.to }) },
    make("time", {}, one.at), make("b", {}, one.what), make("span", {}, `${whom(one)}${one.child ? ` · ${one.child}` : ""}`));
  return node;
}

export async function strip() {
  const rows = await coming();
  const place = document.getElementById("strip");
  const at = [...place.children].indexOf(document.activeElement);
  place.replaceChildren(make("span", { className: "head" }, word("coming")), ...rows.slice(0, MOST).map(chip));
  if (at > 0) place.children[Math.min(at, place.children.length - 1)].focus();
}
