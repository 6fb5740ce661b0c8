// What forms need beside htmx: choices that send at once, and typing that a live update must not disturb.
"use strict";

(() => {
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });

  // A field that a person has touched is left alone when its part of the page is drawn anew.
  document.addEventListener("input", (event) => {
    if (event.target.closest("main")) event.target.setAttribute("data-touched", "");
  });
  const untouch = (form) => form.querySelectorAll("[data-touched]").forEach((field) => field.removeAttribute("data-touched"));

  document.addEventListener("htmx:after:request", (event) => {
    const { sourceElement, response } = event.detail.ctx;
    const form = sourceElement.closest?.("form");
    if (!form || !response || response.status >= 400) return;
    untouch(form);
    form.reset();
    const fold = form.closest(".actions details");
    if (fold) fold.open = false;
  });

  // An action that unfolds puts the cursor where one begins to type.
  document.addEventListener("toggle", (event) => {
    if (event.target.open && event.target.closest(".actions")) {
      event.target.querySelector("textarea, input:not([type=hidden]), select, form button")?.focus();
    }
  }, true);

  // Ctrl+Enter sends from any field of an action; a click elsewhere folds a menu.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest(".actions, .seat")) {
      event.preventDefault();
      event.target.form?.requestSubmit();
    }
  });
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  // A notice goes away by itself, unless it is read or pointed at.
  document.addEventListener("htmx:after:settle", () => {
    for (const notice of document.querySelectorAll("#notices > :not([data-leaving])")) {
      notice.setAttribute("data-leaving", "");
      setTimeout(() => notice.matches(":hover, :focus-within") || notice.remove(), 8000);
    }
  });
})();
