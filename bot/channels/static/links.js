// Words to nodes: makes web addresses and public numbers in a reply tappable. Never parses HTML.
"use strict";

const LINKABLE = /https:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]+|12315|12345|12356|110|119|120/g;
// 110, 119 and 120 are also amounts and ages, so they need a word about calling beside them.
const CALLING = /(拨|打(?!折|印|算)|呼叫|电话|热线|急救|报警|火警)[^。！？；;\n]*$/;
const CALLED = /^\s*[（(：:]?\s*(报警|急救|火警)/;
const NEXT_IN_LIST = /^\s*[、，,或和及/]\s*(者)?\s*(拨打|拨)?\s*$/;
const UNIT = /^\s*[元块天日个条件岁万克斤年月号分小公平米次]/;

// The text as a fragment: text nodes and links only.
function withLinks(text) {
  const fragment = document.createDocumentFragment();
  let end = 0;
  let calledUpTo = -1; // where the last number to call ended
  for (let found; (found = LINKABLE.exec(text)); ) {
    const isNext = calledUpTo >= 0 && NEXT_IN_LIST.test(text.slice(calledUpTo, found.index));
    const link = linkFor(found[0], text, found.index, isNext);
    if (!link) continue;
    fragment.append(text.slice(end, found.index), link);
    end = found.index + link.textContent.length;
    if (link.protocol === "tel:") calledUpTo = end;
  }
  fragment.append(text.slice(end));
  return fragment;
}

function linkFor(words, text, start, isNext) {
  const link = document.createElement("a");
  if (words.startsWith("https:")) {
    link.textContent = words.replace(/[.,;:!?)'\]]+$/, "");
    link.href = link.textContent;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    return link;
  }
  if (!isNumberToCall(words, text, start, isNext)) return null;
  link.textContent = words;
  link.href = "tel:" + words;
  return link;
}

// Whole numbers only, and none that counts something.
function isNumberToCall(number, text, start, isNext) {
  const before = text.slice(Math.max(0, start - 10), start);
  const after = text.slice(start + number.length);
  if (/[\w.,¥￥+-]$/.test(before) || /^[\w%-]|^[.,]\d/.test(after)) return false;
  if (number.length > 3) return !/^\s*(平台|元|块|万)/.test(after);
  return (isNext || CALLING.test(before) || CALLED.test(after)) && !UNIT.test(after);
}
