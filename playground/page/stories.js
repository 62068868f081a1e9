// The guided stories: who does what next. `taps` are keys of the phone in order ("✎" writes, "📷" sends a
// picture, "*" stands for the rest of a key), `move` is a time of the county, `needs` the story before it.
import { CHAPTER as first } from "/page/chapter1.js";
import { CHAPTER as second } from "/page/chapter2.js";

export const CHAPTERS = [
  { title: ["第一章 第一天", "Chapter 1: the first day"], stories: first },
  { title: ["第二章 一级一级往上", "Chapter 2: up the ladder"], stories: second },
];
export const STORIES = CHAPTERS.flatMap((one) => one.stories);
