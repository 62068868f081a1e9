// The first chapter: one day, from the roll call to the top, and the day after.
export const CHAPTER = [
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
    needs: 0,
    steps: [
      { say: ["生病的孩子，家长说明天来。", "The mother says: back tomorrow."], who: "ill_mother", taps: ["明天来"] },
      { say: ["班主任在卡片上准假。", "The teacher grants the leave on the card."], who: "teacher", taps: ["准假·{ill}"] },
      { say: ["第二天早上再点名：没见到的孩子排在最前，不会被“全到齐了”盖住。", "Next morning: a child not yet seen stands first, and “everybody is here” never covers it."], move: "2026-09-08T08:10" },
      { say: ["没见到第二个孩子。", "The second child is still not there."], who: "teacher", taps: ["还没来·{silent}"] },
    ],
  },
  {
    title: ["局领导：走到头的事，您看得到经过", "Bureau leader: what climbed to the top, and its history"],
    needs: 0,
    steps: [
      { say: ["周一下午五点，一个孩子一整天没人联系上，事情走到了您这里。点“处理”，看试过什么。", "Monday at five: nobody reached a child all day, and it has come to you. See what was tried."], who: "bureau", taps: ["处理·{silent}"] },
      { say: ["再看经过：谁在什么时候做了什么，没做什么。", "Then the history: who did what and when, and who did not."], who: "bureau", taps: ["看经过"] },
      { say: ["回到“处理”，批示，写一句话。", "Back to 处理; instruct, in one sentence."], who: "bureau", taps: ["处理·{silent}", "批示", "✎今天下班前一定要有人到家里去看。"] },
      { say: ["批示记进了个案，班主任和校领导在下一次汇总里读到。班主任打通了电话，记一笔。", "It is on record, and in the next digest of teacher and school leader. The teacher gets through, and notes it."], who: "teacher", taps: ["记录联系·{silent}", "打通·会来"] },
      { say: ["办了，就不再往上报。看右边“孩子”里的经过：慢在哪一级，都在上面。", "Done, it climbs no further. The timeline under “child” shows at which level it was slow."] },
    ],
  },
];
