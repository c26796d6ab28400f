// The wall screen: asks for the page again every few seconds, shows what has changed and which
// deals are new, and keeps the last figures, saying since when, while the site is away.
const TIMEOUT_MS = 15000;
const NEW_MS = 12000;
const away = document.getElementById("away");
const looks = (page) => page.querySelector("link[rel=stylesheet]").href;
let answered = new Date();
let shown = null;
// When each deal was first seen, those of the first page long ago.
const seen = new Map(deals().map((deal) => [deal.dataset.deal, 0]));

function deals() {
  return [...document.querySelectorAll("[data-deal]")];
}

// Takes over what differs and leaves the rest, so that the map isn't drawn anew.
function update(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  const alike = old.nodeName === fresh.nodeName && old.childNodes.length === fresh.childNodes.length;
  if (!alike || old.matches?.("[data-deal]")) return old.replaceWith(fresh);
  if (old.nodeType === Node.TEXT_NODE) old.data = fresh.data;
  for (const { name } of [...(old.attributes ?? [])]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes ?? []) old.setAttribute(name, value);
  const parts = [...fresh.childNodes];
  [...old.childNodes].forEach((part, i) => update(part, parts[i]));
}

// A new deal stands out for a while, and so does its county on the map.
function mark() {
  const now = Date.now();
  const counties = new Set();
  for (const deal of deals()) {
    if (!seen.has(deal.dataset.deal)) seen.set(deal.dataset.deal, now);
    const isNew = now - seen.get(deal.dataset.deal) < NEW_MS;
    deal.classList.toggle("is-new", isNew);
    if (isNew) counties.add(`#c${deal.dataset.county}`);
  }
  for (const use of document.querySelectorAll("[tabindex] > use"))
    use.parentNode.classList.toggle("is-new", counties.has(new URL(use.href.baseVal, location).hash));
}

async function ask() {
  // Televisions have browsers without AbortSignal.timeout.
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
  const answer = await fetch(location.href, { cache: "no-cache", signal: abort.signal });
  const text = await answer.text().finally(() => clearTimeout(timer));
  if (!answer.ok) throw new Error(answer.status);
  const tag = answer.headers.get("ETag");
  if (tag && tag === shown) return;
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.getElementById("screen");
  if (!fresh) throw new Error("no screen");
  if (looks(page) !== looks(document)) location.reload(); // a new release
  update(document.getElementById("screen"), fresh);
  tick();
  shown = tag;
}

async function turn() {
  try {
    await ask();
    answered = new Date();
    away.hidden = true;
  } catch {
    away.querySelector("time").textContent = answered.toLocaleTimeString(document.documentElement.lang);
    away.hidden = false;
  }
  setTimeout(turn, document.getElementById("screen").dataset.every * 1000);
}

// The day and the time, at home: figures stand still while no county verifies anything.
function tick() {
  const clock = document.querySelector("[data-clock]");
  const lang = document.documentElement.lang;
  const timeZone = clock.dataset.clock;
  const now = new Date();
  clock.textContent = now.toLocaleTimeString(lang, { timeZone, hour: "2-digit", minute: "2-digit", hour12: false });
  document.querySelector("[data-seconds]").textContent = `:${String(now.getSeconds()).padStart(2, "0")}`;
  const day = { timeZone, year: "numeric", month: "long", day: "numeric", weekday: "long" };
  document.querySelector("[data-date]").textContent = now.toLocaleDateString(lang, day);
  mark();
}

tick();
setInterval(tick, 1000);
turn();
