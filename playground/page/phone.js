// One phone: a chat with the bot as its owner sees it.  What happens is drawn as it comes; the whole
// chat is read only at first, and where the line was lost.
import { ask, make, note, popUp, tell } from "/page/talk.js";
import { line } from "/page/bubble.js";
import { foot } from "/page/foot.js";
import { openFile, openLink } from "/page/opening.js";
import { place, steer } from "/page/keyboard.js";
import { pick, word } from "/page/words.js";

const NEWEST = 60;

export class Phone {
  constructor(card, close) {
    this.card = card;
    this.address = `/sim/people/${card.chat_id}`;
    this.lines = new Map();
    this.newest = NEWEST;
    this.chat = make("div", { className: "chat", tabIndex: 0 });
    this.board = make("div", { className: "board" });
    this.foot = make("div", { className: "foot" });
    this.about = make("small");
    this.top = make("div", { className: "top" }, make("b", {}, card.name, this.about));
    this.blocking = make("button", { textContent: "⊘", type: "button", onclick: () => this.block() });
    this.closing = make("button", { textContent: "×", type: "button", onclick: () => close(this) });
    this.top.append(this.blocking, this.closing);
    this.node = make("article", { className: "phone", dataset: { chat: card.chat_id } }, this.top, this.chat, this.board, this.foot);
    this.node.setAttribute("aria-label", card.name);
    this.tab = make("button", { type: "button", textContent: card.name, onclick: () => this.come() });
    steer(this);
    this.speak();
    new IntersectionObserver(([one]) => { this.isSeen = one.isIntersecting; if (this.isSeen) this.tab.className = ""; }).observe(this.node);
  }

  // In the language of the page; the bot speaks the language of the phone's owner.
  speak() {
    this.about.textContent = this.tab.title = pick([this.card.about.zh ?? "", this.card.about.en ?? ""]);
    for (const [button, name] of [[this.blocking, "block"], [this.closing, "close"]]) {
      button.title = word(name);
      button.setAttribute("aria-label", `${word(name)}: ${this.card.name}`);
    }
    this.chat.setAttribute("aria-label", `${this.card.name}: ${word("chat")}`);
    if (this.standing) this.look();
  }

  // Into sight, and ready for the keyboard.
  come() {
    this.tab.className = "";
    this.node.scrollIntoView({ behavior: "smooth", inline: "start", block: "nearest" });
    this.chat.focus({ preventScroll: true });
  }

  // The whole chat; what happens meanwhile is read again.
  look() {
    this.wanted = true;
    this.looking ??= this.lookNow().finally(() => { this.looking = null; });
    return this.looking;
  }

  async lookNow() {
    while (this.wanted) {
      this.wanted = false;
      const screen = await ask(`${this.address}/screen?newest=${this.newest}`);
      if (screen.last < (this.last ?? 0)) this.wanted = true;
      else this.show(screen);
    }
  }

  show({ messages, earlier, keyboard, standing }) {
    this.lines = new Map(messages.map((message) => [message.message_id, line(message, this)]));
    const more = make("button", { type: "button", className: "more", textContent: `${word("earlier")} (${earlier})`, onclick: () => { this.newest += NEWEST; this.look(); } });
    this.chat.replaceChildren(...(earlier ? [more] : []), ...this.lines.values());
    if (!messages.length) this.chat.append(make("p", { className: "bare" }, word("no_chat")));
    this.setBoard(keyboard);
    this.standing = standing;
    foot(this);
    this.toEnd();
  }

  // Something has happened here.
  take({ kind, message, number }) {
    this.last = number;
    if (kind === "state" || (kind === "said" && this.standing !== "open")) return this.look();
    if (!message) return;
    if (kind === "delete") return this.drop(message);
    this.put(message);
    if (message.keyboard) this.setBoard(message.keyboard);
    if (kind === "message") this.news(message);
  }

  put(message) {
    const node = line(message, this), before = this.lines.get(message.message_id);
    node.firstChild.classList.add("fresh");
    const isAtEnd = this.chat.scrollHeight - this.chat.scrollTop - this.chat.clientHeight < 80;
    const focused = place(before);
    if (before) before.replaceWith(node);
    else if (!this.isOlder(message)) { this.chat.querySelector(".bare")?.remove(); this.chat.append(node); }
    this.lines.set(message.message_id, node);
    if (this.lines.size > 2 * this.newest) this.look();
    focused?.(node, this.chat);
    if (!before || isAtEnd) this.toEnd();
  }

  // A change of something that is no longer on the screen.
  isOlder(message) { return message.message_id < Math.max(0, ...this.lines.keys()); }

  drop(message) {
    const node = this.lines.get(message.message_id);
    if (node?.contains(document.activeElement)) this.chat.focus();
    node?.remove();
    this.lines.delete(message.message_id);
  }

  news(message) {
    if (message.from_bot && !this.isSeen) this.tab.className = message.silent && this.tab.className !== "rang" ? "news" : "rang";
    if (message.silent || !message.from_bot) return;
    this.node.classList.remove("rang");
    requestAnimationFrame(() => this.node.classList.add("rang"));
  }

  setBoard(rows) {
    this.board.replaceChildren(...rows.map((row) => make("div", {}, ...row.map((label) =>
      make("button", { textContent: label, type: "button", onclick: () => this.do("press", { label }) })))));
  }

  toEnd() { this.chat.scrollTop = this.chat.scrollHeight; }

  block() { return this.do(this.standing === "blocked" ? "unblock" : "block"); }
  command(text) { return this.do("say", { text }); }
  link(link) { return openLink(link); }
  open(message) { return openFile(message); }

  async press(message, row, column, button) {
    button.setAttribute("aria-busy", "true");
    try {
      popUp(await tell(`${this.address}/tap`, { message_id: message.message_id, row, column }));
    } catch (problem) { note(problem.message); }
    button.removeAttribute("aria-busy");
  }

  async do(deed, values = {}) {
    try { await tell(`${this.address}/${deed}`, values); } catch (problem) { note(problem.message); }
  }
}
