// The talk on the page: sends what the citizen says, one message at a time and in order, shows the
// replies, and keeps a copy on this device. Everything is inserted as text, never as HTML.
"use strict";

(function () {
  const KEPT = "talk";
  const DRAFT = "draft";
  const LARGE = "large";
  const MOST_KEPT = 200; // messages and replies on this device
  const SLOW_MS = 6000;
  const GIVE_UP_MS = 30000; // the server gives up sooner, so this is a dead network

  const find = (id) => document.getElementById(id);
  const [talk, status, composer, input] = ["talk", "status", "composer", "text"].map(find);
  const words = JSON.parse(find("chat").dataset.words);

  // ---- What is kept. Storage may be full, forbidden or spoiled: then memory has to do.

  const memory = {};
  let isStored = true;

  function read(key, otherwise) {
    if (!isStored && key in memory) return memory[key];
    try {
      const kept = localStorage.getItem(key);
      return kept === null ? otherwise : JSON.parse(kept);
    } catch (error) {
      return otherwise;
    }
  }

  function write(key, value) {
    memory[key] = value;
    try {
      localStorage.setItem(key, JSON.stringify(value));
    } catch (error) {
      if (key === KEPT && value.length > 2) write(key, value.slice(Math.ceil(value.length / 2)));
      else isStored = false;
    }
  }

  function readTalk() {
    const entries = read(KEPT, []);
    return Array.isArray(entries) ? entries.filter((one) => one && typeof one.text === "string") : [];
  }

  // Another tab may have written since: take what is kept now, change that, and write it back.
  function changeTalk(change) {
    write(KEPT, change(readTalk()).slice(-MOST_KEPT));
  }

  function keepEntry(entry) {
    changeTalk((entries) => entries.filter((one) => one.id !== entry.id || one.by !== "me").concat(entry));
  }

  // ---- Drawing

  function make(name, className, text) {
    const node = document.createElement(name);
    if (className) node.className = className;
    if (text) node.textContent = text;
    return node;
  }

  function makeButton(className, text, press) {
    const button = make("button", className, text);
    button.type = "button";
    button.addEventListener("click", () => press(button));
    return button;
  }

  function drawBubble(by, text) {
    const turn = make("div", "turn " + by);
    const bubble = make("p", "bubble");
    bubble.append(make("span", "for-readers", by === "me" ? words.me : words.assistant));
    bubble.append(by === "me" ? text : withLinks(text));
    turn.append(bubble);
    talk.append(turn);
    return turn;
  }

  function drawReply(reply) {
    const turn = drawBubble("assistant", reply.text);
    const buttons = Array.isArray(reply.buttons) ? reply.buttons : [];
    if (!buttons.length) return turn;
    const group = make("div", "buttons");
    for (const one of buttons) {
      group.append(makeButton("choice", one.title, () => press(one)));
    }
    turn.append(group);
    return turn;
  }

  function press(button) {
    // A double tap is one press; a second press later is the citizen's wish, and the server decides.
    if (queue.some((one) => one.button_id === button.id)) return;
    say(button.title, button.id);
  }

  function drawMine(entry) {
    const mine = Object.assign({}, entry, { turn: drawBubble("me", entry.text) });
    mine.note = make("p", "note");
    mine.turn.append(mine.note);
    return mine;
  }

  function drawAll() {
    talk.setAttribute("aria-busy", "true"); // what was said before is not read out again
    talk.textContent = "";
    queue = [];
    for (const entry of readTalk()) {
      if (entry.by !== "me") {
        drawReply(entry);
        continue;
      }
      const mine = drawMine(entry);
      if (entry.is_waiting) {
        queue.push(mine);
        showFailure(mine, words.unanswered, queue.length === 1);
      }
    }
    talk.removeAttribute("aria-busy");
    if (talk.lastChild) showLast(talk.lastChild);
  }

  function showNote(mine, text) {
    mine.note.textContent = text;
    mine.turn.classList.remove("failed");
  }

  function showFailure(mine, text, mayRetry) {
    mine.note.textContent = "";
    mine.note.append(withLinks(text));
    mine.turn.classList.add("failed");
    if (mayRetry) mine.note.append(makeButton("retry", words.retry, retry));
  }

  function retry() {
    talk.focus({ preventScroll: true }); // the button goes away: focus must not fall to the top
    pump();
  }

  // The newest words in view; of a reply longer than the window, its beginning.
  function showLast(first) {
    const header = document.querySelector(".top").getBoundingClientRect().bottom;
    window.scrollTo(0, document.documentElement.scrollHeight);
    const above = first.getBoundingClientRect().top - Math.max(header, 0) - 12;
    if (above < 0) window.scrollBy(0, above);
  }

  // ---- Sending: a queue, because a citizen may write on while waiting

  let queue = [];
  let isSending = false;

  function newId() {
    if (window.crypto && crypto.randomUUID) return crypto.randomUUID();
    const numbers = crypto.getRandomValues(new Uint32Array(4));
    return Array.from(numbers, (one) => one.toString(16).padStart(8, "0")).join("");
  }

  function say(text, buttonId) {
    const entry = { by: "me", id: newId(), text: text, is_waiting: true };
    if (buttonId) entry.button_id = buttonId;
    keepEntry(entry);
    const mine = drawMine(entry);
    queue.push(mine);
    if (queue.length > 1) showNote(mine, words.queued);
    showLast(mine.turn);
    pump();
  }

  async function pump() {
    if (isSending) return;
    isSending = true;
    while (queue.length) {
      const mine = queue[0];
      showNote(mine, "");
      if (!(await attempt(mine))) break;
      queue = queue.filter((one) => one !== mine); // by name: the talk may have been cleared
    }
    isSending = false;
  }

  // True when this message is settled, answered or refused; false when it has to be sent again.
  async function attempt(mine) {
    const slow = setTimeout(() => showStatus(words.still_waiting, true), SLOW_MS);
    showStatus(words.waiting, true);
    let answer = null;
    try {
      answer = await post(mine);
    } catch (error) {
      answer = { problem: words.offline };
    }
    clearTimeout(slow);
    showStatus("", false);
    if (answer.replies) showReplies(mine, answer.replies);
    else if (answer.is_final) showRefusal(mine, answer.problem);
    else showFailure(mine, answer.problem, true);
    return Boolean(answer.replies || answer.is_final);
  }

  async function post(mine) {
    const body = { message_id: mine.id, text: mine.text };
    if (mine.button_id) body.button_id = mine.button_id;
    const response = await request("/chat/messages", JSON.stringify(body));
    const given = await response.json().catch(() => ({}));
    if (response.ok && Array.isArray(given.replies)) return { replies: given.replies };
    const isFinal = response.status >= 400 && response.status < 500 && ![408, 429].includes(response.status);
    return { is_final: isFinal, problem: given.error || (isFinal ? words.refused : words.failed) };
  }

  async function request(path, body) {
    const control = new AbortController();
    const timer = setTimeout(() => control.abort(), GIVE_UP_MS);
    const options = { method: "POST", body: body, credentials: "same-origin", signal: control.signal };
    options.headers = { "Content-Type": "application/json" };
    try {
      return await fetch(path, options);
    } finally {
      clearTimeout(timer);
    }
  }

  // False where the talk was cleared meanwhile, or another tab has had the answer already.
  function settle(mine) {
    let isOurs = false;
    changeTalk((entries) => entries.map((one) => {
      if (one.by !== "me" || one.id !== mine.id || !one.is_waiting) return one;
      isOurs = true;
      return { by: "me", id: mine.id, text: mine.text };
    }));
    return isOurs;
  }

  function showReplies(mine, replies) {
    if (!settle(mine)) return drawAll();
    const turns = replies.map((reply) => {
      const entry = { by: "assistant", text: String(reply.text), buttons: reply.buttons || [] };
      keepEntry(entry);
      return drawReply(entry);
    });
    if (turns.length) showLast(turns[0]);
    return undefined;
  }

  function showRefusal(mine, problem) {
    settle(mine);
    showFailure(mine, problem, false);
    if (!input.value && !mine.button_id) setInput(mine.text); // to be changed, not typed again
  }

  function showStatus(text, isBusy) {
    status.textContent = text;
    status.classList.toggle("busy", isBusy);
    if (isBusy) status.scrollIntoView({ block: "nearest" });
  }

  // ---- The composer

  function setInput(text) {
    input.value = text;
    write(DRAFT, text);
    fitInput();
  }

  function fitInput() {
    input.style.height = "auto";
    input.style.height = input.scrollHeight + 2 + "px";
  }

  function send() {
    const text = input.value.trim();
    if (text) {
      setInput("");
      say(text);
    }
    input.focus();
  }

  function onKey(event) {
    // Enter while choosing a Chinese word belongs to the input method (229 in older browsers).
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    send();
  }

  // ---- Forgetting, large type, start

  async function forget() {
    if (!confirm(words.clear_confirm.trim())) return;
    queue = [];
    setInput("");
    write(KEPT, []);
    for (const key of [KEPT, DRAFT]) {
      try { localStorage.removeItem(key); } catch (error) { /* nothing was kept */ }
      delete memory[key];
    }
    drawAll();
    window.scrollTo(0, 0);
    try {
      const response = await request("/chat/forget", "{}");
      showStatus(response.ok ? words.cleared : words.clear_failed, false);
    } catch (error) {
      showStatus(words.clear_failed, false);
    }
  }

  function setLarge(isLarge) {
    document.documentElement.classList.toggle("large", isLarge);
    find("large").setAttribute("aria-pressed", String(isLarge));
    write(LARGE, isLarge);
    fitInput();
  }

  function start() {
    for (const id of ["starts", "composer", "large"]) find(id).hidden = false;
    for (const node of document.querySelectorAll(".linked")) node.replaceWith(linked(node));
    for (const button of find("starts").children) {
      button.addEventListener("click", () => say(button.dataset.text));
    }
    find("large").addEventListener("click", () => setLarge(!document.documentElement.classList.contains("large")));
    find("clear").addEventListener("click", forget);
    composer.addEventListener("submit", (event) => { event.preventDefault(); send(); });
    input.addEventListener("keydown", onKey);
    input.addEventListener("input", () => { write(DRAFT, input.value); fitInput(); });
    window.addEventListener("online", pump);
    window.addEventListener("storage", (event) => { if (event.key === KEPT && !isSending) drawAll(); });
    setLarge(read(LARGE, false) === true);
    setInput(String(read(DRAFT, "")));
    drawAll();
  }

  function linked(node) {
    const copy = node.cloneNode(false);
    copy.append(withLinks(node.textContent));
    return copy;
  }

  start();
})();
