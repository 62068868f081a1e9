// The words of the page in both languages; the people on the phones read what the bot sends them.
const WORDS = {
  subtitle: ["演练场：整个县，时钟在您手里", "the whole county, with the clock in your hand"],
  clock: ["时钟", "clock"], speed: ["播放快慢", "speed"], phones: ["手机", "phones"], county: ["全县", "the county"],
  plus15: ["+15 分", "+15 min"], plus1h: ["+1 小时", "+1 h"], next_due: ["下一件到期", "next due"],
  morning: ["下个上课日 8:00", "next school day 8:00"], to_date: ["到", "to"], go: ["走", "go"], play: ["▶ 播放", "▶ play"],
  coming: ["接下来", "coming"], go_there: ["让时钟走到这时", "move the clock there"],
  find: ["找人、职务、学校", "find: name, post, school"], everybody: ["所有人", "everybody"],
  story: ["跟着做", "story"], child: ["孩子", "child"], due: ["将到期", "due"], outbox: ["发件", "outbox"], invites: ["邀请", "invite"],
  due_hint: ["没人办，就会这样往下走。点时间，时钟走过去。", "What comes if nobody acts. Press a time to go there."],
  invite_hint: ["发一个邀请码，再选哪部手机来扫。", "Issue a code, then choose the phone that scans it."],
  code: ["邀请码", "code"], link: ["邀请链接", "start link"], qr: ["二维码", "QR code"], scan: ["扫码", "scan"],
  scan_with: ["用哪部手机扫：", "Scan with:"], new_phone: ["新手机", "a new phone"],
  ok: ["好", "OK"], close_it: ["关上", "close"], block: ["停用或恢复机器人", "block or unblock the bot"], close: ["收起这部手机", "put this phone away"],
  unblock: ["恢复", "unblock"], is_blocked: ["已停用机器人", "The bot is blocked."], write: ["写点什么，或粘贴邀请链接", "write, or paste a start link"],
  chat: ["聊天", "chat"], earlier: ["更早的消息", "earlier messages"], edited: ["已改", "edited"],
  rings: ["响铃", "rings"], silent: ["静音", "silent"], look_at: ["打开看看", "open"], save_file: ["存到电脑", "save"],
  menu: ["命令菜单", "commands"], attach: ["发照片、语音或文件", "send a photo, voice or file"], send: ["发送", "send"],
  sample_photo: ["样例照片", "a sample photo"], sample_voice: ["样例语音", "a sample voice note"], own_file: ["自己的文件…", "a file of your own…"],
  no_menu: ["没有命令", "no commands"], no_chat: ["还没有对话", "no chat yet"], lost: ["连不上演练场，正在重试…", "The playground does not answer; trying again…"],
  nothing: ["没有", "nothing"], family: ["家里", "family"], chain: ["包保链：谁负责", "pairing chain: who answers"],
  bound: ["已绑定", "linked"], unbound: ["未绑定", "not linked"], cases: ["个案", "case"], tasks: ["待办", "tasks"],
  timeline: ["经过", "timeline"], choose: ["选一个孩子", "choose a child"], who: ["发给谁", "to whom"], until: ["等到", "until"],
  no_child: ["还没有个案。按姓名找一个孩子，看谁负责。", "No case yet. Find a child by name to see who answers."],
  do_it: ["帮我做", "do it for me"], next: ["已做，下一步", "done, next"], hurry: ["前面的替我做完", "play what comes before for me"],
  goes_on: ["这一段接着：", "This one goes on from: "], too_late: ["时钟已经走过了这一段。要重来，点“更多 → 从头开始”。", "The clock has passed this. To play it again: “more → start afresh”."],
  counted: ["计入天数", "counted days"], no_case: ["没有个案", "no case"], no_key: ["还没有这个键：", "This key is not there yet: "],
  own_county: ["这是您自己的表格。按姓名找人，就能打开手机。", "These are your own tables. Find people by name to open their phones."],
  more: ["更多", "more"], transcript: ["导出记录", "transcript"], load: ["用自己的表格…", "load your own tables…"],
  reset: ["从头开始", "start afresh"], sure: ["现在的演练会清空，确定从头开始吗？", "This playground will be emptied. Start afresh?"],
  building: ["正在准备一个新的县…", "A fresh county is being made…"], end: ["这一段到这里。可以接着自己试。", "That is the end of this one. Go on by yourself."],
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
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", word(node.dataset.label));
  document.getElementById("find").placeholder = word("find");
  document.getElementById("language").textContent = chosen === "zh" ? "EN" : "中文";
}
