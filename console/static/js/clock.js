// Countdowns, elapsed times and emptying bars. They show the server's clock, so a wrong clock on a desk does no harm.
"use strict";

(() => {
  const root = document.documentElement;
  const day = root.dataset.day || "d";
  let ahead = root.dataset.now ? Number(root.dataset.now) - Date.now() : 0;

  const now = () => Date.now() + ahead;

  function text(ms) {
    const all = Math.floor(Math.abs(ms) / 1000);
    const two = (n) => String(n).padStart(2, "0");
    const [days, hours, minutes, seconds] = [
      Math.floor(all / 86400), Math.floor(all / 3600) % 24, Math.floor(all / 60) % 60, all % 60,
    ];
    if (days) return `${days} ${day} ${hours}:${two(minutes)}`;
    return hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
  }

  function draw() {
    const t = now();
    for (const each of document.querySelectorAll("[data-countdown]")) {
      const left = Number(each.dataset.countdown) - t;
      each.textContent = (left < 0 ? "−" : "") + text(left < 0 ? left : left + 999);
      each.classList.toggle("over", left < 0);
      each.classList.toggle("soon", left >= 0 && left < Number(each.dataset.soon) * 1000);
    }
    for (const each of document.querySelectorAll("[data-elapsed]")) {
      each.textContent = text(Math.max(0, t - Number(each.dataset.elapsed)));
    }
    for (const bar of document.querySelectorAll("progress[data-bar-until]")) {
      const left = Number(bar.dataset.barUntil) - t;
      const whole = Number(bar.dataset.barUntil) - Number(bar.dataset.barFrom);
      bar.max = whole;
      bar.value = Math.max(0, left);
      bar.classList.toggle("short", left < whole / 4);
    }
  }

  window.hotlineClock = {
    now,
    set(serverMs) {
      ahead = serverMs - Date.now();
      draw();
    },
  };
  setInterval(draw, 250);
  document.addEventListener("DOMContentLoaded", draw);
  document.addEventListener("htmx:after:settle", draw);
})();
