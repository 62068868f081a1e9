// The second chapter: one child up the whole ladder, and back.
const FULL = ["详细记录"];
const REFUSED = ["联系上了", "厌学、跟不上", "拒绝返校", "没说定", "保存"];
const PROMISED = ["联系上了", "家里有事", "答应返校", "明天", "保存"];
export const CHAPTER = [
  {
    title: ["校长：劝不动时，劝返通知书由您签", "School leader: the notice that only the head signs"],
    steps: [
      { say: ["周三早上，第三个孩子没到。班主任点名、提交。", "Wednesday: a third child is missing; the teacher hands in the roll call."], move: "2026-09-09T08:10" },
      { say: ["只点没到的那个孩子，再提交。", "Tap that child alone, and submit."], who: "teacher", taps: ["有人没到", "{leaving}", "提交*"] },
      { say: ["三分钟后，家里收到提醒。", "Three minutes later the family is told."], move: "2026-09-09T08:14" },
      { say: ["妈妈说了实话：孩子不想上学，想和班主任谈。", "The mother says it plainly: the child does not want to come."], who: "leaving_mother", taps: ["其他情况", "不想上学", "班主任"] },
      { say: ["班主任打电话，家里不让读。记下来，不算老师没做。", "The teacher calls; the family refuses. On record, it counts as done."], who: "teacher", taps: ["记录联系·{leaving}", ...FULL, "打电话", ...REFUSED] },
      { say: ["第二天早上，点名卡又来了。", "The next morning the roll call comes again."], move: "2026-09-10T08:10" },
      { say: ["孩子还是没来，其他人都在。", "The child is still not there; all others are."], who: "teacher", taps: ["还没来·{leaving}", "全到齐了"] },
      { say: ["下午上门。", "In the afternoon, a visit."], move: "2026-09-10T15:30" },
      { say: ["家访也被拒绝，记下来。", "The visit is refused too, and written down."], who: "teacher", taps: ["记录联系·{leaving}", ...FULL, "家访", ...REFUSED] },
      { say: ["班主任申请发劝返通知书，写明缘由。", "The teacher asks for the written notice, and says why."], who: "teacher", taps: ["处理·{leaving}", "更多", "申请发通知书", "✎家长说孩子学不进去，准备让他跟亲戚学手艺。", "确认提交"] },
      { say: ["一刻钟后，材料都到了校长的手机上。", "A quarter of an hour later the head has the papers."], move: "2026-09-10T15:45" },
      { say: ["校长看到材料，批准。您不表态，过一个工作日股室就知道。", "The head reads it and approves. Silence is seen above after a working day."], who: "head", taps: ["批准"] },
      { say: ["批准的通知书回到老师手里，有了编号。", "The approved notice, now with its number, is back with the teacher."], move: "2026-09-10T16:00" },
      { say: ["老师盖章、上门，家长拒收，两位邻居作证，拍照。", "Stamped and taken there: refused at the door before two witnesses, with a photo."], who: "teacher", taps: ["上传盖章件", "📷", "拒收见证", "今天", "✎村会计王平、邻居李秀兰", "📷", "保存"] },
    ],
  },
  {
    title: ["股室：书面报告由您签收", "Bureau section: the written report that you acknowledge"],
    needs: 3,
    steps: [
      { say: ["周五早上，孩子还是没来。", "Friday: the child is still not there."], move: "2026-09-11T08:10" },
      { say: ["班主任照样点名：没见到就是没见到。", "The teacher calls the roll: not seen is not there."], who: "teacher", taps: ["还没来·{leaving}", "全到齐了"] },
      { say: ["上午十点，班主任又打了一次电话。", "At ten the teacher calls once more."], move: "2026-09-11T10:00" },
      { say: ["还是不让来。不用谁催，书面报告自己生成。", "Refused again. The written report makes itself; nobody has to ask."], who: "teacher", taps: ["记录联系·{leaving}", ...FULL, "打电话", ...REFUSED] },
      { say: ["报告到了校长手里。", "The report is with the head."], move: "2026-09-11T10:15" },
      { say: ["校长签字。不签也会上来，写明“学校未签”。", "The head signs. Unsigned it would come up too, and say so."], who: "head", taps: ["批准"] },
      { say: ["报告到了您这里。材料不够，点“退回补充”；这份够了，签收。", "The report is with you. Return it if something is missing; this one is complete: acknowledge."], who: "section", taps: ["签收"] },
      { say: ["中午 12:05，各校周报的汇总也到了：谁报了，谁没报。", "At 12:05 the weekly reports come summed up: who filed and who did not."], move: "2026-09-11T12:06" },
      { say: ["没报的，一键催报。", "Press all who are missing with one tap."], who: "section", taps: ["一键催报"] },
    ],
  },
  {
    title: ["局领导和股室：签发、送达、留回执", "Bureau leader and section: issue, deliver, keep the receipts"],
    needs: 4,
    steps: [
      { say: ["给乡镇的通报、给县政府的报告都拟好了。看过，签发。", "The letters to township and county are drafted. Read, and issue."], who: "bureau", taps: ["签发"] },
      { say: ["盖章件回到股室，该送了。", "Back with the section, to be delivered."], move: "2026-09-11T15:00" },
      { say: ["股室把通报送到乡镇，拍下回执。", "The section takes the letter to the township and photographs the receipt."], who: "section", taps: ["已送乡镇", "📷"] },
      { say: ["再报县政府，也拍回执。两个工作日内都要送到。", "Then the county government, likewise; both within two working days."], who: "section", taps: ["已报县政府", "📷"] },
    ],
  },
  {
    title: ["乡镇联系人：接收、上门，直到孩子回来", "Township contact: accept, visit, until the child is back"],
    needs: 5,
    steps: [
      { say: ["卡片到了您手机上：哪个孩子、试过什么、要做什么。是本乡镇的，接收，写上责任人。", "The card says which child, what was tried, what to do. It is yours: accept, and name who is responsible."], who: "township", taps: ["接收", "✎刘福生，民政办"] },
      { say: ["周一早上，孩子还没来。", "Monday: still not there."], move: "2026-09-14T08:10" },
      { say: ["班主任照样点名。", "The teacher calls the roll."], who: "teacher", taps: ["还没来·{leaving}", "全到齐了"] },
      { say: ["下午，您和村支书上门。", "In the afternoon you visit, with the village secretary."], move: "2026-09-14T16:20" },
      { say: ["妈妈松了口：明天送来。记一笔，和老师的记录在同一个个案里。", "The mother gives in: tomorrow. Your note stands in the same case as the teacher's."], who: "township", taps: ["我的个案", "处理·{leaving}", "记录劝返", ...FULL, "家访", ...PROMISED] },
      { say: ["周二早上。", "Tuesday morning."], move: "2026-09-15T08:10" },
      { say: ["孩子坐在教室里。班主任点“见到了”，只有见到才算。", "The child sits in class. Only “seen” counts."], who: "teacher", taps: ["见到了·{leaving}", "全到齐了"] },
      { say: ["校领导也确认。", "The school leader confirms it too."], who: "leader", taps: ["确认返校"] },
      { say: ["找过这个孩子的人都收到消息，您也是。看右边“孩子”：十个上课日的观察期开始了。", "Everybody who looked for the child hears it, you too. Under “child”: ten school days of watching begin."], move: "2026-09-15T08:30" },
    ],
  },
];
