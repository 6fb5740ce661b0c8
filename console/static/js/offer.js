// Makes an offer heard and seen: two notes every few seconds, and the title of the tab, until it is answered.
"use strict";

(() => {
  const REPEAT_MS = 4000;
  const title = document.title;
  let context = null;
  let timer = null;

  function note(at, pitch) {
    const [oscillator, gain] = [context.createOscillator(), context.createGain()];
    oscillator.frequency.value = pitch;
    gain.gain.setValueAtTime(0.0001, at);
    gain.gain.exponentialRampToValueAtTime(0.18, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.35);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(at);
    oscillator.stop(at + 0.4);
  }

  function ring() {
    if (!context || context.state !== "running") return;
    note(context.currentTime, 880);
    note(context.currentTime + 0.18, 1174.7);
  }

  function update() {
    const offer = document.querySelector("[data-offer]");
    document.title = offer ? `● ${offer.dataset.title} · ${title}` : title;
    if (offer && !timer) {
      ring();
      timer = setInterval(ring, REPEAT_MS);
    } else if (!offer && timer) {
      clearInterval(timer);
      timer = null;
    }
  }

  // Browsers play nothing before the first click or key; setting the seat to available is one.
  const wake = () => {
    context ||= new AudioContext();
    context.resume();
  };
  document.addEventListener("pointerdown", wake, { passive: true });
  document.addEventListener("keydown", wake, { passive: true });
  document.addEventListener("htmx:after:settle", update);
  document.addEventListener("DOMContentLoaded", update);
})();
