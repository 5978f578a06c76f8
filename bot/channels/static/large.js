// Large type (大字) on every page, remembered on this device.
"use strict";

(function () {
  const KEPT = "large";
  const button = document.getElementById("large");

  function isKept() {
    try { return localStorage.getItem(KEPT) === "true"; } catch (error) { return false; }
  }

  function setLarge(isLarge) {
    document.documentElement.classList.toggle("large", isLarge);
    button.setAttribute("aria-pressed", String(isLarge));
    try { localStorage.setItem(KEPT, String(isLarge)); } catch (error) { /* until the page closes */ }
    window.dispatchEvent(new Event("resize")); // whoever fits itself to its text does so again
  }

  button.hidden = false;
  button.addEventListener("click", () => setLarge(!document.documentElement.classList.contains("large")));
  if (isKept()) setLarge(true);
})();
