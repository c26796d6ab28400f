// The wall screen: asks for the page again every few seconds, shows what has changed, and
// keeps the last figures, saying since when, while the site is away.
const TIMEOUT_MS = 15000;
const away = document.getElementById("away");
const looks = (page) => page.querySelector("link[rel=stylesheet]").href;
let answered = new Date();
let shown = null;

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
  document.getElementById("screen").replaceWith(fresh);
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

// The time of day, at home: figures stand still while no county verifies anything.
function tick() {
  const clock = document.querySelector("[data-clock]");
  const now = { timeZone: clock.dataset.clock, hour: "2-digit", minute: "2-digit", hour12: false };
  clock.textContent = new Date().toLocaleTimeString(document.documentElement.lang, now);
}

tick();
setInterval(tick, 1000);
turn();
