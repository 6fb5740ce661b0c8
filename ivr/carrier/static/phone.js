// The phone page: chooses who calls, keeps a card per phone, and follows the carrier's stream of snapshots.

import { Card } from "./card.js";
import { setSound } from "./speech.js";
import { isChinese, role, speakPage, word } from "./words.js";

const $ = (id) => document.getElementById(id);
const people = new Map(); // by number
const cards = new Map(); // by number
const onTable = new Set(); // numbers put there by hand or by duty
let book = { estates: [], residents: [], staff: [] };
let state = { now: Date.now() / 1000, phones: [], alerts: [] };
let offset = 0;
let main = null;

const now = () => Date.now() / 1000 - offset;

async function act(name, more) {
  const answer = await fetch(`/phone/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(more),
  });
  const body = await answer.json().catch(() => ({ error: answer.statusText }));
  $("refused").hidden = answer.ok;
  if (answer.ok) draw(body);
  else $("refused").textContent = body.error;
}

function option(value, text) {
  return Object.assign(document.createElement("option"), { value, textContent: text });
}

function estateName(code) {
  return book.estates.find((estate) => estate.code === code)?.name ?? code ?? "";
}

function groups(list, describe) {
  const byEstate = new Map();
  for (const one of list) {
    const name = estateName(one.estate ?? one.estates?.[0]);
    if (!byEstate.has(name)) byEstate.set(name, Object.assign(document.createElement("optgroup"), { label: name || "—" }));
    byEstate.get(name).append(option(one.phone, describe(one)));
  }
  return [...byEstate.values()];
}

function fillChoices() {
  const who = $("who").value;
  const describe = (r) => [r.name, r.unit, r.language ?? word("unknownLanguage")].filter(Boolean).join(" · ");
  $("who").replaceChildren(
    ...groups(book.residents.filter((r) => r.phone), describe),
    option("anonymous", word("withheld")),
    option("", word("another")),
  );
  $("who").value = who || book.residents.find((r) => r.phone)?.phone || "";
  const to = $("to").value;
  $("to").replaceChildren(...book.estates.map((estate) => option(estate.hotline, `${estate.name} ${estate.hotline}`)));
  if (to) $("to").value = to;
  $("add").replaceChildren(
    option("", word("choose")),
    ...groups(book.staff, (one) => [one.name, role(one.role), one.phone].join(" · ")),
    ...groups(book.residents.filter((r) => r.phone), (one) => `${one.name} · ${one.phone}`),
  );
}

function chooseCaller() {
  const number = $("who").value;
  const custom = number === "";
  $("from").readOnly = !custom;
  $("from").value = custom ? "" : number;
  const person = people.get(number);
  const estate = book.estates.find((one) => one.code === person?.estate);
  if (estate) $("to").value = estate.hotline;
  if (custom) $("from").focus();
  showMain(number);
}

function showMain(number) {
  if (main?.number === number) return;
  main?.node.remove();
  main = number ? new Card(number, act, true) : null;
  if (main) {
    main.relabel(people.get(number) ?? {});
    $("main-phone").replaceChildren(main.node);
  }
  cards.get(number)?.node.remove();
  cards.delete(number);
  draw(state);
}

function card(number) {
  if (main?.number === number) return main;
  if (!cards.has(number)) {
    const made = new Card(number, act, false);
    made.relabel(people.get(number) ?? {});
    cards.set(number, made);
    $("phones").append(made.node);
  }
  return cards.get(number);
}

function draw(shot) {
  state = shot;
  offset = Date.now() / 1000 - shot.now;
  for (const phone of shot.phones) {
    const busy = phone.leg && phone.leg.doing !== "ended";
    if (busy && phone.leg.direction !== "inbound") onTable.add(phone.number);
    if (busy || onTable.has(phone.number)) card(phone.number);
  }
  for (const number of onTable) card(number);
  const byNumber = new Map(shot.phones.map((phone) => [phone.number, phone]));
  for (const one of [main, ...cards.values()]) one?.draw(byNumber.get(one.number), now());
  document.title = `${shot.phones.some((phone) => phone.ringing) ? "☎ " : ""}${word("title")} · Hotline`;
  $("dial").classList.toggle("busy", Boolean(main?.isLive));
  drawTexts(shot.phones);
  drawAlerts(shot.alerts);
}

function drawTexts(phones) {
  const texts = phones.flatMap((phone) => phone.texts.map((text) => ({ ...text, number: phone.number })));
  texts.sort((a, b) => b.at - a.at);
  const key = `${isChinese()} ${texts.length} ${texts[0]?.at}`;
  if ($("messages").dataset.key === key) return;
  $("messages").dataset.key = key;
  $("messages").replaceChildren(...texts.slice(0, 60).map(textNode));
  if (!texts.length) {
    $("messages").append(Object.assign(document.createElement("li"), { className: "none", textContent: word("noTexts") }));
  }
}

function textNode(text) {
  const item = document.createElement("li");
  item.className = text.mine ? "own" : "";
  item.dataset.number = text.number;
  const owner = people.get(text.number)?.name ?? text.number;
  const time = new Date(text.at * 1000).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
  const head = text.mine ? `${owner} → ${text.other}` : `${text.other} → ${owner}`;
  item.append(
    Object.assign(document.createElement("small"), { textContent: `${head} · ${time}` }),
    Object.assign(document.createElement("p"), { textContent: text.body }),
  );
  return item;
}

function drawAlerts(alerts) {
  $("alerts").hidden = !alerts.length;
  $("alert-count").textContent = alerts.length;
  $("alert-list").replaceChildren(
    ...alerts.map((alert) =>
      Object.assign(document.createElement("li"), { textContent: `${alert.code} ${alert.where}: ${alert.text}` })),
  );
}

function relabelAll() {
  fillChoices();
  for (const one of [main, ...cards.values()]) one?.relabel(people.get(one.number) ?? {});
  draw(state);
}

async function readBook() {
  book = await (await fetch("/phone/directory")).json();
  for (const person of [...book.residents, ...book.staff]) if (person.phone) people.set(person.phone, person);
  for (const person of book.staff) if (person.duty) onTable.add(person.phone);
  if (!book.estates.length) setTimeout(readBook, 2000); // the product is still starting
  const fresh = !$("who").options.length;
  relabelAll();
  if (fresh || !main) chooseCaller();
}

function follow() {
  const stream = new EventSource("/phone/events");
  stream.onmessage = (event) => { $("lost").hidden = true; draw(JSON.parse(event.data)); };
  stream.onerror = () => { $("lost").hidden = stream.readyState === EventSource.OPEN; };
  stream.onopen = () => { $("lost").hidden = true; };
}

function isTyping(target) {
  return target.matches("input, select, textarea") || target.closest("[contenteditable]");
}

$("who").addEventListener("change", chooseCaller);
$("from").addEventListener("change", () => showMain($("from").value.trim()));
$("add").addEventListener("change", (event) => { onTable.add(event.target.value); event.target.value = ""; draw(state); });
$("dial").addEventListener("submit", (event) => {
  event.preventDefault();
  showMain($("from").value.trim());
  act("dial", { number: $("from").value.trim(), to: $("to").value });
});
$("text").addEventListener("submit", (event) => {
  event.preventDefault();
  act("text", { number: $("from").value.trim(), to: $("to").value, body: $("body").value });
  $("body").value = "";
});
$("sound").addEventListener("click", () => {
  const on = $("sound").getAttribute("aria-pressed") !== "true";
  $("sound").setAttribute("aria-pressed", String(on));
  setSound(on);
});
$("language").addEventListener("click", () => {
  speakPage(!isChinese());
  $("language").textContent = isChinese() ? "English" : "中文";
  $("language").lang = isChinese() ? "en" : "zh-TW";
  localStorage.setItem("page-language", isChinese() ? "zh-TW" : "en");
  relabelAll();
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !/^[0-9*#]$/.test(event.key)) return;
  if (main?.isLive) {
    const key = main.find(`[data-key="${event.key}"]`);
    key.classList.add("down");
    setTimeout(() => key.classList.remove("down"), 150);
    main.press(event.key);
  }
});
setInterval(() => { for (const one of [main, ...cards.values()]) one?.tick(now()); }, 500);

const wanted = localStorage.getItem("page-language") ?? navigator.language;
if (wanted.startsWith("zh")) $("language").click();
else speakPage(false);
readBook();
follow();
