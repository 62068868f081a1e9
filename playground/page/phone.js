// One phone: a chat with the bot as its owner sees it, and what the owner can do.
import { ask, base64, make, popUp, note, tell } from "/page/talk.js";
import { bubble, keys } from "/page/bubble.js";
import { word } from "/page/words.js";

export class Phone {
  constructor(card, close) {
    this.card = card;
    this.address = `/sim/people/${card.chat_id}`;
    this.seen = new Map();
    this.chat = make("div", { className: "chat", tabIndex: 0 });
    this.board = make("div", { className: "board" });
    this.foot = make("div", { className: "foot" });
    this.node = make("article", { className: "phone", dataset: { chat: card.chat_id, who: card.part ?? "" } },
      make("div", { className: "top" },
        make("b", {}, card.name, make("small", {}, card.about ?? "")),
        this.key("⊘", () => this.block(), "block"),
        this.key("×", () => close(this), "close")),
      this.chat, this.board, this.foot);
    this.node.setAttribute("aria-label", card.name);
    this.tab = make("button", { type: "button", textContent: card.name, title: card.about ?? "", onclick: () => this.come() });
    new IntersectionObserver(([one]) => { this.isSeen = one.isIntersecting; this.hasNews &&= !this.isSeen; this.tab.classList.toggle("news", this.hasNews); })
      .observe(this.node);
  }

  // Into sight, and ready for the keyboard.
  come() {
    this.hasNews = false;
    this.node.scrollIntoView({ behavior: "smooth", inline: "start", block: "nearest" });
    this.chat.focus({ preventScroll: true });
  }

  key(text, onclick, name) {
    const button = make("button", { textContent: text, type: "button", onclick, title: word(name) });
    button.setAttribute("aria-label", word(name));
    return button;
  }

  // Several things that happen at once are looked at once.
  look() {
    this.wanted = true;
    this.looking ??= this.lookNow().finally(() => { this.looking = null; });
    return this.looking;
  }

  async lookNow() {
    while (this.wanted) {
      this.wanted = false;
      this.view = await ask(this.address);
      this.show();
    }
  }

  show() {
    const { messages, keyboard, standing } = this.view;
    const isFirst = !this.wasShown;
    this.wasShown = true;
    const known = new Set(this.seen.keys());
    const parts = messages.flatMap((message) => {
      const shown = JSON.stringify(message);
      const isFresh = !isFirst && this.seen.get(message.message_id) !== shown;
      this.seen.set(message.message_id, shown);
      return [bubble(message, isFresh), keys(message, (...where) => this.press(...where))];
    }).filter(Boolean);
    this.hasNews ||= !isFirst && messages.some((message) => message.from_bot && !known.has(message.message_id));
    this.tab.classList.toggle("news", this.hasNews && !this.isSeen);
    const wasAtEnd = this.chat.scrollHeight - this.chat.scrollTop - this.chat.clientHeight < 80;
    const grew = parts.length !== this.count;
    this.count = parts.length;
    this.chat.replaceChildren(...parts);
    if (!parts.length) this.chat.append(make("p", { className: "bare" }, word("no_chat")));
    if (grew || wasAtEnd) this.chat.scrollTop = this.chat.scrollHeight;
    this.board.replaceChildren(...keyboard.map((row) => make("div", {}, ...row.map((label) =>
      make("button", { textContent: label, type: "button", onclick: () => this.do("press", { label }) })))));
    this.footer(standing);
  }

  footer(standing) {
    if (this.standing === standing) return;
    this.standing = standing;
    if (standing === "blocked") {
      const again = make("button", { textContent: word("unblock"), type: "button", onclick: () => this.do("unblock") });
      return this.foot.replaceChildren(make("div", { className: "blocked" }, word("is_blocked"), " ", again));
    }
    const text = make("input", { type: "text", placeholder: word("write") });
    const attached = make("input", { type: "file", hidden: true, onchange: () => this.send(attached.files[0]) });
    const form = make("form", { className: "say", onsubmit: (event) => { event.preventDefault(); this.say(text); } },
      this.key("☰", () => this.menu(), "menu"), attached, this.key("＋", () => attached.click(), "attach"), text,
      make("button", { textContent: "➤", title: word("send") }));
    this.foot.replaceChildren(form);
  }

  async say(field) {
    const text = field.value.trim();
    const link = text.match(/[?&]start=([A-Za-z0-9_-]+)/);
    if (text) await (link ? this.do("start", { code: link[1] }) : this.do("say", { text }));
    field.value = "";
  }

  async send(file) {
    if (!file) return;
    const kind = file.type.startsWith("image/") ? "photo" : file.type.startsWith("audio/") ? "voice" : "document";
    await this.do(kind, { name: file.name, base64: await base64(file) });
  }

  menu() {
    const open = this.foot.querySelector(".menu");
    if (open) return open.remove();
    const list = this.view.commands.map(({ command, description }) => make("button", { type: "button",
      textContent: `/${command}  ${description}`, onclick: () => { this.menu(); this.do("say", { text: `/${command}` }); } }));
    this.foot.append(make("div", { className: "menu" }, ...(list.length ? list : [word("no_menu")])));
    this.foot.querySelector(".menu button")?.focus();
  }

  block() { return this.do(this.standing === "blocked" ? "unblock" : "block"); }

  async press(message, row, column, button) {
    button.disabled = true;
    try {
      popUp(await tell(`${this.address}/tap`, { message_id: message.message_id, row, column }));
    } catch (problem) { note(problem.message); }
    button.disabled = false;
  }

  async do(deed, values = {}) {
    try { await tell(`${this.address}/${deed}`, values); } catch (problem) { note(problem.message); }
    await this.look();
  }
}
