// Large type (大字) without loading the page anew; the cookie is the one that the form sets without scripts.
"use strict";

(function () {
  const YEAR = 365 * 24 * 3600;
  const button = document.getElementById("large");

  function setLarge(isLarge) {
    document.documentElement.classList.toggle("large", isLarge);
    button.setAttribute("aria-pressed", String(isLarge));
    button.value = isLarge ? "no" : "yes";
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = "large=" + (isLarge ? "yes" : "no") + "; Path=/; Max-Age=" + YEAR + "; SameSite=Lax" + secure;
    window.dispatchEvent(new Event("resize")); // whoever fits itself to its text does so again
  }

  document.getElementById("look").addEventListener("submit", (event) => {
    event.preventDefault();
    setLarge(!document.documentElement.classList.contains("large"));
  });
})();
