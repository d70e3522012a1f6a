"use strict";
(() => {
  const every = 2000;
  const tick = async () => {
    if (document.visibilityState === "visible") {
      try {
        const answer = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" });
        if (!answer.ok) throw new Error(String(answer.status));
        const text = await answer.text();
        // Without the head: its style has another nonce, which this page's policy would report.
        const next = new DOMParser().parseFromString(text.slice(text.indexOf("<body>")), "text/html");
        document.getElementById("page").replaceWith(next.getElementById("page"));
        document.getElementById("lost").hidden = true;
      } catch {
        document.getElementById("lost").hidden = false;
      }
    }
    setTimeout(tick, every);
  };
  setTimeout(tick, every);
})();
