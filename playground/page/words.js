// The words of the page in both languages; the people on the phones read what the bot sends them.
const WORDS = {
  subtitle: ["演练场：整个县，时钟在您手里", "the whole county, with the clock in your hand"],
  plus15: ["+15 分", "+15 min"], plus1h: ["+1 小时", "+1 h"], next_due: ["下一件到期", "next due"],
  morning: ["下个上课日 8:00", "next school day 8:00"], to_date: ["到", "to"], go: ["走", "go"], play: ["▶ 播放", "▶ play"],
  find: ["找人：姓名", "find a person by name"], transcript: ["导出记录", "transcript"],
  story: ["跟着做", "story"], child: ["孩子", "child"], due: ["将到期", "due"], outbox: ["发件", "outbox"],
  ok: ["好", "OK"], block: ["停用或恢复机器人", "block or unblock the bot"], close: ["收起这部手机", "put this phone away"],
  unblock: ["恢复", "unblock"], is_blocked: ["已停用机器人", "The bot is blocked."], write: ["写点什么，或粘贴邀请链接", "write, or paste a start link"],
  menu: ["命令菜单", "commands"], attach: ["发照片、语音或文件", "send a photo, voice or file"], send: ["发送", "send"],
  no_menu: ["没有命令", "no commands"], no_chat: ["还没有对话", "no chat yet"], lost: ["连不上演练场，正在重试…", "The playground does not answer; trying again…"],
  moving: ["时钟在走…", "the clock is moving…"], nothing: ["没有", "nothing"], chain: ["包保链", "pairing chain"],
  bound: ["已绑定", "bound"], unbound: ["未绑定", "not bound"], cases: ["个案", "case"], tasks: ["待办", "tasks"],
  timeline: ["经过", "timeline"], choose: ["选一个孩子", "choose a child"], do_it: ["帮我做", "do it for me"], next: ["已做，下一步", "done, next"],
  again: ["从头", "from the start"], counted: ["计入天数", "counted days"], no_case: ["没有个案", "no case"], due_at: ["到期", "due"],
  no_key: ["还没有这个键：", "This key is not there yet: "], own_county: ["这是您自己的表格。按姓名找人，就能打开手机。", "These are your own tables. Find people by name to open their phones."],
  more: ["更多", "more"], load: ["用自己的表格…", "load your own tables…"], reset: ["从头开始", "start afresh"], sure: ["现在的演练会清空，确定从头开始吗？", "This playground will be emptied. Start afresh?"],
  building: ["正在准备一个新的县…", "A fresh county is being made…"],
  link: ["邀请链接", "start link"], who: ["谁", "who"], end: ["这一段到这里。可以接着自己试。", "That is the end of this one. Go on by yourself."],
};

let language = localStorage.getItem("language") ?? (navigator.language.startsWith("zh") ? "zh" : "en");
export const spoken = () => language;
export const pick = (pair) => pair[language === "zh" ? 0 : 1];
export const word = (name) => pick(WORDS[name] ?? [name, name]);

export function speak(chosen) {
  language = chosen;
  localStorage.setItem("language", chosen);
  document.documentElement.lang = chosen;
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
  document.getElementById("find").placeholder = word("find");
  document.getElementById("language").textContent = chosen === "zh" ? "EN" : "中文";
}
