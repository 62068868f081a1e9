// The guided stories: who does what next. `tap` names a key of the phone, `move` a time of the day.
export const STORIES = [
  {
    title: ["一个早上：点名，提醒，回复，逐级上报", "One morning: roll call, alert, reply, escalation"],
    steps: [
      { say: ["周一早上 8:10，班主任收到点名卡片。", "Monday 8:10: the class teacher is asked for the roll call."], move: "2026-09-07T08:10" },
      { say: ["班主任看到有人没到，只点没到的孩子。", "Somebody is missing: the teacher taps only those."], who: "teacher", tap: "有人没到" },
      { say: ["点第一个孩子的名字。", "Tap the first child."], who: "teacher", tap: "{ill}" },
      { say: ["再点第二个。", "And the second."], who: "teacher", tap: "{silent}" },
      { say: ["提交。三分钟内还能改。", "Submit. There are three minutes to change one's mind."], who: "teacher", tap: "提交：2人没到" },
      { say: ["三分钟后，家长收到提醒。", "Three minutes later the families are told."], move: "2026-09-07T08:14" },
      { say: ["第一位妈妈点一下就答完了：生病了。", "The first mother answers with one tap: ill."], who: "ill_mother", tap: "生病了" },
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
      { say: ["生病的孩子，家长说明天来。", "The mother says: back tomorrow."], who: "ill_mother", tap: "明天" },
      { say: ["班主任在卡片上准假。", "The teacher grants the leave on the card."], who: "teacher", tap: "准假·{ill}" },
      { say: ["第二天早上再点名：没见到的孩子排在最前，不会被“全到齐了”盖住。", "Next morning: a child not yet seen stands first, and “everybody is here” never covers it."], move: "2026-09-08T08:10" },
      { say: ["没见到第二个孩子。", "The second child is still not there."], who: "teacher", tap: "还没来·{silent}" },
    ],
  },
];
