// The copy of the talk on this device. Storage may be full, forbidden or spoiled: then memory has to do.
"use strict";

function makeKept() {
  const TALK = "talk";
  const DRAFT = "draft";
  const MOST_BROUGHT = 500; // characters that a link brings
  const MOST = 200; // messages, replies and notices on this device
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
      if (key === TALK && value.length > 2) write(key, value.slice(Math.ceil(value.length / 2)));
      else isStored = false;
    }
  }

  function entries() {
    const found = read(TALK, []);
    return Array.isArray(found) ? found.filter((one) => one && typeof one.text === "string") : [];
  }

  // Another tab may have written since: take what is kept now, change that, and write it back.
  function change(changed) {
    write(TALK, changed(entries()).slice(-MOST));
  }

  function add(entry) {
    change((all) => all.filter((one) => one.id !== entry.id || one.by !== "me").concat(entry));
  }

  function clear() {
    write(TALK, []);
    for (const key of [TALK, DRAFT]) {
      try { localStorage.removeItem(key); } catch (error) { /* nothing was kept */ }
      delete memory[key];
    }
  }

  const keepDraft = (text) => write(DRAFT, text);
  const draft = () => String(read(DRAFT, ""));

  // Words that a link to the chat brings (#say=…) join the draft: the citizen sends them, or does not.
  // What stands behind # is not sent to the server. True where there were some.
  function bring() {
    const brought = (new URLSearchParams(location.hash.slice(1)).get("say") || "").slice(0, MOST_BROUGHT);
    if (!brought) return false;
    if (!draft().includes(brought)) keepDraft(draft() ? draft() + "\n" + brought : brought);
    history.replaceState(null, "", location.pathname); // a reload does not bring them again
    return true;
  }

  return {
    TALK: TALK,
    entries: entries,
    change: change,
    add: add,
    clear: clear,
    draft: draft,
    keepDraft: keepDraft,
    bring: bring,
  };
}
