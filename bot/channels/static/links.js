// Words to nodes: makes web addresses and public numbers in a reply tappable. Never parses HTML.
"use strict";

const LINKABLE = /https:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]+|12315|12345|12356|110|119|120/g;
// 110, 119 and 120 are also amounts and ages, so they need a word about calling before them.
const CALLING = /[拨打呼叫]|电话|急救|报警|火警|、|或/;

// The text as a fragment: text nodes and links only.
function withLinks(text) {
  const fragment = document.createDocumentFragment();
  let end = 0;
  for (let found; (found = LINKABLE.exec(text)); ) {
    const link = linkFor(found[0], text, found.index);
    if (!link) continue;
    fragment.append(text.slice(end, found.index), link);
    end = found.index + link.textContent.length;
  }
  fragment.append(text.slice(end));
  return fragment;
}

function linkFor(words, text, start) {
  const link = document.createElement("a");
  if (words.startsWith("https:")) {
    link.textContent = words.replace(/[.,;:!?)'\]]+$/, "");
    link.href = link.textContent;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    return link;
  }
  if (!isNumberToCall(words, text, start)) return null;
  link.textContent = words;
  link.href = "tel:" + words;
  return link;
}

function isNumberToCall(number, text, start) {
  const before = text.slice(Math.max(0, start - 8), start);
  const after = text.slice(start + number.length);
  if (/[\w.,¥￥+-]$/.test(before) || /^[\w%-]|^[.,]\d/.test(after)) return false;
  if (number.length > 3) return !/^\s*平台/.test(after);
  return CALLING.test(before) && !/^\s*[元块天日个条件岁万克斤年月号分小公平米]/.test(after);
}
