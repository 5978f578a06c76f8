// What comes by itself: asks the server for notices while the page is seen, and says which ones were
// shown. The page shows each once, whatever comes twice.
"use strict";

// `page.request` sends; `page.shown()` lists the ids on this device; `page.show(notices)` shows those
// that are new; `page.talkNumber()` changes when the talk is cleared.
function makeNews(page) {
  const EVERY_MS = 20000;
  const SOON_MS = 3000;
  const MOST_SOON = 100; // five minutes of quick looks: what died is mostly back by then
  const LAST_SOON = 5; // and after something came: there may be more
  let timer = 0;
  let isAsking = false;
  let soonLeft = 0; // quick looks that are still to come after a degraded answer
  const told = new Set();

  function plan(milliseconds) {
    clearTimeout(timer);
    if (document.visibilityState === "visible") timer = setTimeout(ask, milliseconds);
  }

  async function ask() {
    if (isAsking || document.visibilityState !== "visible") return;
    isAsking = true;
    let isNew = false;
    try {
      isNew = await fetchNews();
    } catch (error) { /* the next look will do */ }
    isAsking = false;
    soonLeft = isNew ? Math.min(soonLeft, LAST_SOON) : Math.max(0, soonLeft - 1);
    plan(isNew || soonLeft ? SOON_MS : EVERY_MS);
  }

  // True where something was shown: the server is told of it soon, and may have more.
  async function fetchNews() {
    const ofTalk = page.talkNumber();
    const seen = page.shown().filter((id) => !told.has(id)).slice(-100);
    const response = await page.request("/chat/news", JSON.stringify({ seen: seen }));
    if (!response.ok) return false;
    const given = await response.json();
    if (ofTalk !== page.talkNumber()) return false; // what was cleared does not come back
    seen.forEach((id) => told.add(id));
    const fresh = given.notices.filter((one) => Number.isInteger(one.id) && typeof one.text === "string");
    const isNew = page.show(fresh);
    // What came again although it is shown here: the server has not heard of it, so tell it again.
    fresh.forEach((one) => told.delete(one.id));
    return isNew;
  }

  // After an answer that said "later": look every three seconds until it comes.
  function soon() {
    soonLeft = MOST_SOON;
    plan(SOON_MS);
  }

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") ask();
    else clearTimeout(timer);
  });

  return { ask: ask, soon: soon };
}
