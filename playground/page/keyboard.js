// The keyboard: arrows within a phone and between phones, Escape closes what popped up.
const keysOf = (phone) => [...phone.chat.querySelectorAll("button"), ...phone.board.querySelectorAll("button")];

// In a chat: down and up go through its keys, left and right to the phone beside it, Escape back to the chat.
export function steer(phone) {
  phone.node.addEventListener("keydown", (event) => {
    if (event.target.matches("input, audio")) return;
    const keys = keysOf(phone), at = keys.indexOf(document.activeElement);
    const to = { ArrowDown: () => keys[at < 0 ? newest(phone, keys) : at + 1], ArrowUp: () => keys[at < 0 ? keys.length - 1 : at - 1],
      ArrowLeft: () => (at < 0 ? beside(phone, "previousElementSibling") : keys[at - 1]),
      ArrowRight: () => (at < 0 ? beside(phone, "nextElementSibling") : keys[at + 1]),
      Escape: () => (phone.foot.querySelector(".menu") ? null : phone.chat) }[event.key]?.();
    if (!to) return;
    event.preventDefault();
    to.focus();
    to.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
}

// The first key of the newest message that has keys; without one, of the keyboard below.
function newest(phone, keys) {
  const last = [...phone.chat.querySelectorAll(".keys")].at(-1)?.querySelector("button");
  return Math.max(keys.indexOf(last), 0);
}

const beside = (phone, which) => phone.node[which]?.querySelector(".chat");

// Where in something the focus is, so that it is there again when that has been drawn anew.
export function place(node) {
  if (!node?.contains(document.activeElement)) return null;
  const at = stops(node).indexOf(document.activeElement);
  return (changed, otherwise) => {
    const found = stops(changed);
    (found[Math.min(at, found.length - 1)] ?? otherwise).focus({ preventScroll: true });
  };
}
const stops = (node) => [...node.querySelectorAll("button, select, input")];

// A list that popped up: the arrows go through it, Escape closes it and goes back to what opened it.
export function closeable(list, opener) {
  const items = [...list.querySelectorAll("button")];
  items[0]?.focus();
  list.addEventListener("keydown", (event) => {
    const at = items.indexOf(document.activeElement);
    if (event.key === "ArrowDown") items[(at + 1) % items.length]?.focus();
    else if (event.key === "ArrowUp") items[(at + items.length - 1) % items.length]?.focus();
    else if (event.key === "Escape") { list.remove(); opener?.focus(); }
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

// Tabs beside each other: left and right choose.
export function choosing(tabs) {
  for (const tab of tabs) {
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
      next.focus();
      next.click();
    });
  }
}
