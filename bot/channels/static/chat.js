// The talk on the page: sends what the citizen says, one message at a time and in order, shows the
// replies and notices, and keeps a copy on this device. Everything is inserted as text, never as HTML.
"use strict";

(function () {
  const SLOW_MS = 6000;
  const GIVE_UP_MS = 30000; // the server gives up sooner, so this is a dead network
  const SLOWEST = 20; // bytes a millisecond: files are waited for longer

  const find = (id) => document.getElementById(id);
  const [talk, status, composer, input] = ["talk", "status", "composer", "text"].map(find);
  const words = JSON.parse(find("chat").dataset.words);
  const kept = makeKept();
  const held = new Map(); // the files of messages that are not answered yet, by message id

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

  function drawBubble(entry) {
    const isMine = entry.by === "me";
    const turn = make("div", "turn " + (isMine ? "me" : "assistant"));
    const bubble = make("p", "bubble");
    bubble.append(make("span", "for-readers", isMine ? words.me : words.assistant));
    if (entry.notice && !entry.is_answer) bubble.append(make("span", "mark-notice", words.notice));
    bubble.append(isMine ? entry.text : withLinks(entry.text));
    if (entry.files) bubble.append(make("span", "with-files", photos.fill(words.with_files, { count: entry.files })));
    turn.append(bubble, ...(isMine ? [] : [readAloud.buttonFor(bubble)]));
    talk.append(turn);
    return turn;
  }

  function drawReply(reply) {
    const turn = drawBubble(reply);
    const buttons = Array.isArray(reply.buttons) ? reply.buttons : [];
    if (!buttons.length) return turn;
    const group = make("div", "buttons");
    for (const one of buttons) {
      group.append(one.url ? makeLink(one) : makeButton("choice", one.title, () => press(one)));
    }
    turn.append(group);
    return turn;
  }

  // A button that leads somewhere; an address that is none, or runs a script, leads nowhere.
  function makeLink(button) {
    const link = make("a", "choice", button.title);
    try {
      const address = new URL(button.url, location.href);
      if (["https:", "http:", "tel:"].includes(address.protocol)) link.href = address.href;
    } catch (error) { /* no address */ }
    if (link.protocol === "tel:") return link;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    link.append(make("span", "for-readers", words.opens_new));
    return link;
  }

  function press(button) {
    // A double tap is one press; a second press later is the citizen's wish, and the server decides.
    if (queue.some((one) => one.button_id === button.id)) return;
    say(button.title, button.id);
  }

  function drawMine(entry) {
    const mine = Object.assign({}, entry, { turn: drawBubble(entry) });
    mine.note = make("p", "note");
    mine.turn.append(mine.note);
    return mine;
  }

  function drawAll() {
    talk.setAttribute("aria-busy", "true"); // what was said before is not read out again
    talk.textContent = "";
    isStale = false;
    queue = [];
    for (const entry of kept.entries()) {
      if (entry.by !== "me") {
        drawReply(entry);
        continue;
      }
      const mine = drawMine(entry);
      if (entry.is_waiting && entry.files && !held.has(entry.id)) {
        showLost(mine);
      } else if (entry.is_waiting) {
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

  // Photos are not kept on the device. The same id again is the same message, heard once.
  function showLost(mine) {
    showFailure(mine, words.files_lost, false);
    mine.note.append(makeButton("retry", words.choose_again, () => photos.askFor((files) => {
      if (queue.includes(mine)) return;
      mine.files = files.length;
      mine.turn.querySelector(".with-files").textContent = photos.fill(words.with_files, { count: mine.files });
      held.set(mine.id, files);
      queue.push(mine);
      retry();
    })));
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
  let talkNumber = 0; // another one after clearing
  let isStale = false; // another tab has changed the talk while this one was sending

  function newId() {
    if (window.crypto && crypto.randomUUID) return crypto.randomUUID();
    const numbers = crypto.getRandomValues(new Uint32Array(4));
    return Array.from(numbers, (one) => one.toString(16).padStart(8, "0")).join("");
  }

  function say(text, buttonId, files) {
    const entry = { by: "me", id: newId(), text: text, is_waiting: true };
    if (buttonId) entry.button_id = buttonId;
    if (files && files.length) {
      entry.files = files.length;
      held.set(entry.id, files);
    }
    kept.add(entry);
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
    if (isStale) drawAll();
  }

  // True when this message is settled, answered or refused; false when it has to be sent again.
  async function attempt(mine) {
    const slow = setTimeout(() => showStatus(words.still_waiting, true), SLOW_MS);
    showStatus(mine.files ? words.uploading : words.waiting, true);
    let answer = null;
    try {
      answer = await post(mine);
    } catch (error) {
      answer = { problem: words.offline, is_gone: await areGone(held.get(mine.id) || []) };
    }
    clearTimeout(slow);
    showStatus("", false);
    if (answer.replies) showReplies(mine, answer.replies);
    else if (answer.is_final) showRefusal(mine, answer.problem);
    else if (answer.is_gone) showGone(mine);
    else showFailure(mine, answer.problem, true);
    return Boolean(answer.replies || answer.is_final || answer.is_gone);
  }

  // A file that was moved or deleted after it was chosen looks like a dead network.
  async function areGone(files) {
    for (const file of files) {
      try { await file.slice(0, 1).arrayBuffer(); } catch (error) { return true; }
    }
    return false;
  }

  function showGone(mine) {
    held.delete(mine.id);
    showLost(mine);
    mine.note.firstChild.textContent = words.files_gone;
  }

  async function post(mine) {
    const response = await request("/chat/messages", mine.files ? formOf(mine) : jsonOf(mine));
    const given = await response.json().catch(() => ({}));
    if (response.ok && Array.isArray(given.replies)) return { replies: given.replies };
    if (response.status === 503) setTimeout(pump, 1000 * (Number(response.headers.get("Retry-After")) || 10));
    const isFinal = response.status >= 400 && response.status < 500 && ![408, 429].includes(response.status);
    return { is_final: isFinal, problem: given.error || (isFinal ? words.refused : words.failed) };
  }

  function jsonOf(mine) {
    const body = { message_id: mine.id, text: mine.text };
    if (mine.button_id) body.button_id = mine.button_id;
    return JSON.stringify(body);
  }

  function formOf(mine) {
    const form = new FormData();
    form.append("message_id", mine.id);
    form.append("text", mine.text);
    for (const file of held.get(mine.id)) form.append("files", file, file.name);
    return form;
  }

  async function request(path, body) {
    const isForm = body instanceof FormData;
    const size = isForm ? body.getAll("files").reduce((sum, file) => sum + file.size, 0) : 0;
    const control = new AbortController();
    const timer = setTimeout(() => control.abort(), GIVE_UP_MS + size / SLOWEST);
    const options = { method: "POST", body: body, credentials: "same-origin", signal: control.signal };
    if (!isForm) options.headers = { "Content-Type": "application/json" };
    try {
      return await fetch(path, options);
    } finally {
      clearTimeout(timer);
    }
  }

  // False where the talk was cleared meanwhile, or another tab has had the answer already.
  function settle(mine) {
    let isOurs = false;
    kept.change((entries) => entries.map((one) => {
      if (one.by !== "me" || one.id !== mine.id || !one.is_waiting) return one;
      isOurs = true;
      return Object.assign({ by: "me", id: mine.id, text: mine.text }, mine.files ? { files: mine.files } : {});
    }));
    held.delete(mine.id);
    return isOurs;
  }

  function showReplies(mine, replies) {
    if (!settle(mine)) return drawAll();
    const turns = replies.map((reply) => {
      const entry = { by: "assistant", text: String(reply.text), buttons: reply.buttons || [] };
      kept.add(entry);
      return drawReply(entry);
    });
    if (turns.length) showLast(turns[0]);
    return replies.some((reply) => reply.data && reply.data.degraded) && news.soon();
  }

  // Show notices that this device has not shown, each once: another tab may have been quicker.
  // True where one was new.
  function showNotices(notices) {
    const turns = [];
    for (const one of notices) {
      if (kept.entries().some((entry) => entry.notice === one.id)) continue;
      const entry = { by: "assistant", notice: one.id, text: one.text, buttons: one.buttons || [] };
      if (one.data && one.data.is_answer) entry.is_answer = true; // late, but no news
      kept.add(entry);
      turns.push(drawReply(entry));
    }
    if (turns.length) showLast(turns[0]); // of several, from the first: it has not been read
    return turns.length > 0;
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
    kept.keepDraft(text);
    fitInput();
  }

  function fitInput() {
    input.style.height = "auto";
    input.style.height = input.scrollHeight + 2 + "px";
  }

  function send() {
    const text = input.value.trim();
    const files = photos.take();
    if (text || files.length) {
      setInput("");
      say(text, null, files);
    }
    input.focus();
  }

  function onKey(event) {
    // Enter while choosing a Chinese word belongs to the input method (229 in older browsers).
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    send();
  }

  // ---- Forgetting, start

  async function forget() {
    if (!confirm(words.clear_confirm.trim())) return;
    queue = [];
    talkNumber += 1;
    held.clear();
    photos.take();
    setInput("");
    kept.clear();
    drawAll();
    window.scrollTo(0, 0);
    try {
      const response = await request("/chat/forget", "{}");
      showStatus(response.ok ? words.cleared : words.clear_failed, false);
    } catch (error) {
      showStatus(words.clear_failed, false);
    }
  }

  function start() {
    for (const id of ["starts", "composer"]) find(id).hidden = false;
    for (const node of document.querySelectorAll(".linked")) node.replaceWith(linked(node));
    for (const button of find("starts").children) {
      button.addEventListener("click", () => say(button.dataset.text));
    }
    find("clear").addEventListener("click", forget);
    composer.addEventListener("submit", (event) => { event.preventDefault(); send(); });
    input.addEventListener("keydown", onKey);
    input.addEventListener("input", () => { kept.keepDraft(input.value); fitInput(); });
    window.addEventListener("online", pump);
    window.addEventListener("storage", onStorage);
    window.addEventListener("resize", fitInput);
    window.addEventListener("hashchange", showDraft);
    showDraft();
    drawAll();
    news.ask();
  }

  function showDraft() {
    const isBrought = kept.bring();
    setInput(kept.draft());
    if (isBrought) input.focus();
  }

  function onStorage(event) {
    if (event.key !== kept.TALK) return;
    if (isSending) isStale = true;
    else drawAll();
  }

  function linked(node) {
    const copy = node.cloneNode(false);
    copy.append(withLinks(node.textContent));
    return copy;
  }

  const photos = makePhotos(words, JSON.parse(find("chat").dataset.limits), find);
  const news = makeNews({
    request: request,
    shown: () => kept.entries().map((entry) => entry.notice).filter(Number.isInteger),
    show: showNotices,
    talkNumber: () => talkNumber,
  });
  start();
})();
