// One phone on the page: what it hears, its keys, and what its owner can do.

import { htmlLanguage, hush, readAloud } from "./speech.js";
import { role, status, translate, word } from "./words.js";

const KEYS = [..."123456789*0#"];
const LETTERS = { 2: "ABC", 3: "DEF", 4: "GHI", 5: "JKL", 6: "MNO", 7: "PQRS", 8: "TUV", 9: "WXYZ" };
const CHUNK_S = 1;
const FRESH_S = 4; // older lines are shown, not read out, when the page is loaded in mid-call

export class Card {
  constructor(number, act, isMain) {
    this.number = number;
    this.act = (name, more) => act(name, { number, ...more });
    this.isMain = isMain;
    this.sid = null;
    this.shown = -1;
    const copy = document.getElementById("phone-template").content.cloneNode(true);
    this.node = copy.querySelector(".phone");
    this.node.dataset.number = number;
    this.node.classList.toggle("main", isMain);
    this.find = (selector) => this.node.querySelector(selector);
    this.find(".pad").append(...KEYS.map((key) => this.key(key)));
    this.wire();
    this.relabel({});
  }

  key(key) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.key = key;
    button.dataset.testid = `key-${key === "*" ? "star" : key === "#" ? "hash" : key}`;
    button.append(Object.assign(document.createElement("b"), { textContent: key }));
    if (LETTERS[key]) button.append(Object.assign(document.createElement("small"), { textContent: LETTERS[key] }));
    button.setAttribute("aria-label", `${word("key")} ${key}`);
    button.addEventListener("click", () => this.press(key));
    return button;
  }

  press(key) {
    if (this.isMain) hush();
    this.act("press", { keys: key });
  }

  wire() {
    for (const button of this.node.querySelectorAll("[data-act]")) {
      button.addEventListener("click", () => {
        if (this.isMain) hush();
        this.act(button.dataset.act);
      });
    }
    this.find(".speak").addEventListener("submit", (event) => {
      event.preventDefault();
      const box = this.find(".speak input");
      if (box.value.trim()) this.act("say", { text: box.value });
      box.value = "";
    });
    this.find(".habit select").addEventListener("change", (event) => this.act("habit", { habit: event.target.value }));
    const record = this.find(".record");
    const stop = () => { clearInterval(this.voice); this.voice = null; record.classList.remove("on"); };
    record.addEventListener("pointerdown", () => this.speak(record));
    record.addEventListener("keydown", (event) => { if (event.key === " " && !this.voice) this.speak(record); });
    for (const end of ["pointerup", "pointerleave", "blur", "keyup"]) record.addEventListener(end, stop);
  }

  // Voice is sent in chunks while the button is held, so the carrier knows when it falls silent.
  speak(button) {
    const box = this.find(".speak input");
    this.act("say", { text: box.value || "(…)", seconds: CHUNK_S });
    box.value = "";
    button.classList.add("on");
    this.voice = setInterval(() => this.act("say", { text: "", seconds: CHUNK_S }), CHUNK_S * 1000);
  }

  relabel(person) {
    this.person = person;
    translate(this.node);
    this.find(".name").textContent = person.name ?? (this.number === "anonymous" ? word("withheld") : this.number);
    const about = [person.unit, person.role && role(person.role), person.duty && word("duty"), person.name && this.number];
    this.find(".sub").textContent = about.filter(Boolean).join(" · ");
    this.find(".pad").setAttribute("aria-label", word("key"));
    this.find(".lines").dataset.empty = word("empty");
    this.sid = null; // its notes are drawn again in the page's language
  }

  draw(phone, now) {
    const leg = phone?.leg;
    const live = Boolean(leg) && leg.doing !== "ended";
    const rings = Boolean(phone?.ringing);
    this.node.dataset.state = !leg ? "idle" : rings ? "ringing" : live ? leg.doing : "ended";
    this.until = live ? leg.until : null;
    this.label = this.stateWord(leg, rings);
    this.tick(now);
    this.find(".ring").hidden = !rings;
    this.find(".live").hidden = !live || rings;
    this.find(".record").hidden = leg?.doing !== "recording";
    if (phone && document.activeElement !== this.find(".habit select")) this.find(".habit select").value = phone.habit;
    if (leg) this.drawLines(leg, now);
  }

  get isLive() {
    return !["idle", "ended"].includes(this.node.dataset.state);
  }

  stateWord(leg, rings) {
    if (!leg) return word("idle");
    if (leg.doing === "ended") return status(leg.status);
    if (leg.direction === "inbound" && leg.status === "ringing") return word("connecting");
    return rings ? word("ringing") : word(leg.doing);
  }

  tick(now) {
    const left = this.until && ["gathering", "ringing"].includes(this.node.dataset.state) ? this.until - now : 0;
    const text = left > 0 ? `${this.label} · ${Math.ceil(left)} s` : this.label;
    if (this.find(".pill").textContent !== text) this.find(".pill").textContent = text;
  }

  drawLines(leg, now) {
    const list = this.find(".lines");
    if (leg.sid !== this.sid) {
      list.replaceChildren();
      this.sid = leg.sid;
      this.shown = -1;
    }
    const fresh = leg.lines.filter((line) => line.n > this.shown);
    for (const line of fresh) {
      list.append(lineNode(line));
      this.shown = line.n;
      if (this.isMain && leg.doing !== "ended" && now - line.at < FRESH_S) readAloud(line);
    }
    if (fresh.length) list.scrollTop = list.scrollHeight;
    if (this.isMain && leg.doing === "ended" && fresh.length) hush();
  }
}

function lineNode(line) {
  const item = document.createElement("li");
  item.className = `line-${line.kind}`;
  const text = line.kind === "note" || line.kind === "beep" ? word(line.text) : line.text;
  const said = document.createElement("span");
  said.textContent = line.kind === "play" ? `♪ ${text}` : text;
  if (line.language) {
    said.lang = htmlLanguage(line.language);
    item.append(Object.assign(document.createElement("small"), { textContent: line.language }));
  }
  item.append(said);
  return item;
}
