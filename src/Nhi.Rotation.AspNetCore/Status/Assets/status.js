"use strict";
(() => {
  const every = 2000;
  // Not location.href: an address with a user and password in it cannot be fetched.
  const address = location.origin + location.pathname + location.search;
  const tick = async () => {
    // Whoever is copying a name must not lose the selection.
    if (document.visibilityState === "visible" && getSelection().isCollapsed) {
      try {
        const answer = await fetch(address, { headers: { accept: "text/html" }, cache: "no-store", signal: AbortSignal.timeout(10000) });
        const text = await answer.text();
        // Without the head: its style has another nonce, which this page's policy would report.
        const next = new DOMParser().parseFromString(text.slice(text.indexOf("<body>")), "text/html").getElementById("page");
        // An error page or a page to sign in at is not ours.
        if (!next || answer.redirected) throw new Error(String(answer.status));
        const focused = document.activeElement.getAttribute("href");
        document.getElementById("page").replaceWith(next);
        if (focused) document.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
        document.title = `Credentials: ${next.querySelector(".badge").textContent}`;
        document.getElementById("lost").hidden = true;
      } catch {
        document.getElementById("lost").hidden = false;
      }
    }
    setTimeout(tick, every);
  };
  setTimeout(tick, every);
})();
