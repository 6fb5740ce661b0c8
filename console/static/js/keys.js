// One key for each action: an element with data-key="a" is clicked when A is pressed outside of a field.
"use strict";

(() => {
  const isTyping = (element) =>
    element instanceof HTMLElement && element.matches("input:not([type=checkbox], [type=radio]), select, textarea");
  const isShown = (element) => element.checkVisibility() && !element.disabled;

  function find(key) {
    const wanted = CSS.escape(key);
    return [...document.querySelectorAll(`[data-key="${wanted}"]`)].find(isShown);
  }

  function label(element) {
    const copy = element.cloneNode(true);
    copy.querySelectorAll("kbd, svg, .badge").forEach((part) => part.remove());
    return copy.textContent.trim().replace(/\s+/g, " ") || element.getAttribute("aria-label") || element.title;
  }

  function listKeys() {
    const list = document.getElementById("keys-list");
    const shown = [...document.querySelectorAll("[data-key]")].filter(isShown);
    list.replaceChildren(
      ...shown.flatMap((element) => {
        const [term, meaning] = [document.createElement("dt"), document.createElement("dd")];
        const key = document.createElement("kbd");
        key.textContent = element.dataset.key.toUpperCase();
        term.append(key);
        meaning.textContent = label(element);
        return [term, meaning];
      }),
    );
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const open = document.querySelector("details.menu[open], .actions details[open]");
      if (open) {
        open.open = false;
        open.querySelector("summary").focus();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const element = find(event.key.toLowerCase());
    if (!element) return;
    event.preventDefault();
    element.matches("input, select, textarea") ? element.focus() : element.click();
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (!opener) return;
    listKeys();
    document.getElementById(opener.dataset.open).showModal();
  });
})();
