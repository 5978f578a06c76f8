// Reads words aloud, with a Chinese voice of this device only: another host's voice would be sent the words.
// Where the browser has none, the buttons stay hidden (chat.css).
"use strict";

const readAloud = (function () {
  const speech = window.speechSynthesis;
  const said = document.body.dataset;
  const BLOCKS = "h2, h3, p, dt, dd, li";
  let voice = null;
  let pressed = null; // the button whose words are being read

  function findVoice() {
    const voices = speech.getVoices().filter((one) => one.localService && /^(zh|cmn)/i.test(one.lang));
    voice = voices.find((one) => /^(zh|cmn)[-_](CN|Hans)/i.test(one.lang)) || voices[0] || null;
    document.documentElement.classList.toggle("can-read", Boolean(voice));
  }

  // The words of a node, a piece for each block: a long text at once is broken off by some browsers.
  function pieces(node) {
    const copy = node.cloneNode(true);
    copy.querySelectorAll(".read, .for-readers, .ways, nav, svg").forEach((one) => one.remove());
    const blocks = Array.from(copy.querySelectorAll(BLOCKS)).filter((one) => !one.querySelector(BLOCKS));
    const texts = (blocks.length ? blocks : [copy]).map((one) => one.textContent);
    return texts.flatMap((text) => text.split(/[\n。！？]+/)).map((text) => text.trim()).filter(Boolean);
  }

  function stop() {
    if (pressed) pressed.textContent = said.readAloud;
    pressed = null;
    speech.cancel();
  }

  function read(node, button) {
    const isStopped = pressed === button;
    stop();
    if (isStopped) return;
    pressed = button;
    button.textContent = said.readStop;
    const words = pieces(node).map((text) => Object.assign(new SpeechSynthesisUtterance(text), { lang: "zh-CN", voice: voice, rate: 0.9 }));
    if (!words.length) return stop();
    words[words.length - 1].addEventListener("end", () => { if (pressed === button) stop(); });
    words.forEach((one) => speech.speak(one));
    return undefined;
  }

  function buttonFor(node) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "read";
    button.textContent = said.readAloud;
    button.addEventListener("click", () => read(node, button));
    return button;
  }

  if (speech && speech.getVoices) {
    findVoice();
    if (speech.addEventListener) speech.addEventListener("voiceschanged", findVoice);
    window.addEventListener("pagehide", stop);
  }
  for (const node of document.querySelectorAll("[data-read]")) {
    (node.querySelector("h2") || node).after(buttonFor(node));
  }
  return { buttonFor: buttonFor };
})();
