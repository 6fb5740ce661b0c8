// Watches the live stream of the page: says since when it is cut, and loads the page anew where it cannot be caught up.
"use strict";

(() => {
  const SILENCE_MS = 12000; // the server sends a beat every 5 s
  let heard = Date.now();
  let isCut = false;

  function show() {
    const stale = document.getElementById("stale");
    if (!stale) return;
    isCut ||= Date.now() - heard > SILENCE_MS;
    if (isCut && stale.hidden) {
      document.getElementById("stale-since").textContent = new Date(heard).toLocaleTimeString(document.documentElement.lang, { hour12: false });
    }
    stale.hidden = !isCut;
  }

  function alive() {
    heard = Date.now();
    isCut = false;
    show();
  }

  document.addEventListener("beat", (event) => {
    window.hotlineClock.set(Number(JSON.parse(event.detail.data).now));
    alive();
  });
  document.addEventListener("htmx:sse:after:connection", (event) => {
    if (event.detail.connection.status === 200) alive();
  });
  document.addEventListener("htmx:sse:after:message", alive);
  for (const name of ["htmx:sse:error", "htmx:sse:close"]) {
    document.addEventListener(name, (event) => {
      if (event.detail.status === 401) location.reload();
      isCut = true;
      show();
    });
  }
  document.addEventListener("reload", () => location.reload());
  setInterval(show, 1000);
})();
