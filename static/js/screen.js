// The wall screen: asks for the page again every few seconds, shows what has changed, and
// keeps the last figures, saying since when, while the site is away.
const LONGEST = 15000;
const away = document.getElementById("away");
const looks = (page) => page.querySelector("link[rel=stylesheet]").href;
let answered = new Date();
let shown = null;

async function ask() {
  const answer = await fetch(location.href, { cache: "no-cache", signal: AbortSignal.timeout(LONGEST) });
  if (!answer.ok) throw new Error(answer.status);
  const tag = answer.headers.get("ETag");
  if (tag && tag === shown) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("screen");
  if (!fresh) throw new Error("no screen");
  if (looks(page) !== looks(document)) location.reload(); // a new release
  document.getElementById("screen").replaceWith(fresh);
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

turn();
