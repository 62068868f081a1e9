// The guided stories: who does what next. `taps` are keys of the phone in order ("✎" writes, "📷" sends a
// picture, "*" stands for the rest of a key), `move` is a time of the county.
const CONTACT = ["详细记录"];
const REFUSED = ["联系上了", "厌学、跟不上", "拒绝返校", "没说定", "保存"];
export const STORIES = [
  {
    title: ["一个早上：点名，提醒，回复，逐级上报", "One morning: roll call, alert, reply, escalation"],
    steps: [
      { say: ["周一早上 8:10，班主任收到点名卡片。", "Monday 8:10: the class teacher is asked for the roll call."], move: "2026-09-07T08:10" },
      { say: ["班主任看到有人没到，只点没到的孩子。", "Somebody is missing: the teacher taps only those."], who: "teacher", taps: ["有人没到"] },
      { say: ["点第一个孩子的名字。", "Tap the first child."], who: "teacher", taps: ["{ill}"] },
      { say: ["再点第二个。", "And the second."], who: "teacher", taps: ["{silent}"] },
      { say: ["提交。三分钟内还能改。", "Submit. There are three minutes to change one's mind."], who: "teacher", taps: ["提交*"] },
      { say: ["三分钟后，家长收到提醒。", "Three minutes later the families are told."], move: "2026-09-07T08:14" },
      { say: ["第一位妈妈点一下就答完了：生病了。", "The first mother answers with one tap: ill."], who: "ill_mother", taps: ["生病了"] },
      { say: ["第二位妈妈没看手机。半小时后，班主任被提醒打电话。", "The second mother does not look. After half an hour the teacher is rung to call."], move: "2026-09-07T08:44" },
      { say: ["还是没有人联系上：两小时后，包保领导知道了。", "Nobody is reached: after two hours the paired leader knows."], move: "2026-09-07T10:14" },
      { say: ["三小时后，校长知道了。", "After three hours, the head."], move: "2026-09-07T11:14" },
      { say: ["下午两点，股室知道了。谁都不能用沉默让它停下。", "At two, the bureau section. Nobody stops it by silence."], move: "2026-09-07T14:01" },
      { say: ["下午五点，局领导知道了。看右边“孩子”里的经过。", "At five, the bureau leader. Look at the timeline under “child”."], move: "2026-09-07T17:01" },
    ],
  },
  {
    title: ["家长回复之后：请假由班主任决定", "After a reply: the teacher decides the leave"],
    steps: [
      { say: ["生病的孩子，家长说明天来。", "The mother says: back tomorrow."], who: "ill_mother", taps: ["明天来"] },
      { say: ["班主任在卡片上准假。", "The teacher grants the leave on the card."], who: "teacher", taps: ["准假·{ill}"] },
      { say: ["第二天早上再点名：没见到的孩子排在最前，不会被“全到齐了”盖住。", "Next morning: a child not yet seen stands first, and “everybody is here” never covers it."], move: "2026-09-08T08:10" },
      { say: ["没见到第二个孩子。", "The second child is still not there."], who: "teacher", taps: ["还没来·{silent}"] },
    ],
  },
  {
    title: ["校长：劝不动时，劝返通知书由您签", "School leader: the notice that only the head signs"],
    steps: [
      { say: ["周三早上，第三个孩子没到。班主任点名、提交。", "Wednesday: a third child is missing; the teacher hands in the roll call."], move: "2026-09-09T08:10" },
      { say: ["只点没到的那个孩子，再提交。", "Tap that child alone, and submit."], who: "teacher", taps: ["有人没到", "{leaving}", "提交*"] },
      { say: ["三分钟后，家里收到提醒。", "Three minutes later the family is told."], move: "2026-09-09T08:14" },
      { say: ["妈妈说了实话：孩子不想上学，想和班主任谈。", "The mother says it plainly: the child does not want to come."], who: "leaving_mother", taps: ["其他情况", "不想上学", "班主任"] },
      { say: ["班主任打电话，家里不让读。记下来，不算老师没做。", "The teacher calls; the family refuses. On record, it counts as done."], who: "teacher", taps: ["记录联系·{leaving}", ...CONTACT, "打电话", ...REFUSED] },
      { say: ["第二天早上，点名卡又来了。", "The next morning the roll call comes again."], move: "2026-09-10T08:10" },
      { say: ["孩子还是没来，其他人都在。", "The child is still not there; all others are."], who: "teacher", taps: ["还没来·{leaving}", "全到齐了"] },
      { say: ["下午上门。", "In the afternoon, a visit."], move: "2026-09-10T15:30" },
      { say: ["家访也被拒绝，记下来。", "The visit is refused too, and written down."], who: "teacher", taps: ["记录联系·{leaving}", ...CONTACT, "家访", ...REFUSED] },
      { say: ["班主任申请发劝返通知书，写明缘由。", "The teacher asks for the written notice, and says why."], who: "teacher", taps: ["处理·{leaving}", "更多", "申请发通知书", "✎家长说孩子学不进去，准备让他跟亲戚学手艺。", "确认提交"] },
      { say: ["一刻钟后，材料都到了校长的手机上。", "A quarter of an hour later the head has the papers."], move: "2026-09-10T15:45" },
      { say: ["校长看到材料，批准。您不表态，过一个工作日股室就知道。", "The head reads it and approves. Silence is seen above after a working day."], who: "head", taps: ["批准"] },
      { say: ["批准的通知书回到老师手里，有了编号。", "The approved notice, now with its number, is back with the teacher."], move: "2026-09-10T16:00" },
      { say: ["老师盖章、上门，家长拒收，两位邻居作证，拍照。", "Stamped and taken there: refused at the door before two witnesses, with a photo."], who: "teacher", taps: ["上传盖章件", "📷", "拒收见证", "今天", "✎村会计王平、邻居李秀兰", "📷", "保存"] },
    ],
  },
];
