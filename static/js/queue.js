// Keys for who goes through a queue, and choosing a whole page. All of it works without this.
const queue = document.querySelector("[data-queue]");
const decision = document.querySelector("[data-decision]");
const help = document.querySelector("[data-keys]");
const rows = [...document.querySelectorAll("[data-item]")];
const boxes = [...document.querySelectorAll("[data-item] [name=id]")];
const all = document.querySelector("[data-all]");
let at = -1;

const here = () => rows[at];
const box = (row) => row?.querySelector("[name=id]");

function count() {
  const chosen = boxes.filter((one) => one.checked).length;
  const label = document.querySelector("[data-count]");
  if (label) label.textContent = chosen ? `${chosen} / ${boxes.length}` : "";
  if (all) all.querySelector("input").checked = chosen > 0 && chosen === boxes.length;
}

function go(step) {
  if (!rows.length) return document.querySelector("[data-next]")?.click();
  here()?.removeAttribute("aria-current");
  at = Math.max(0, Math.min(rows.length - 1, at + step));
  here().setAttribute("aria-current", "true");
  here().querySelector("th a").focus({ preventScroll: true });
  here().scrollIntoView({ block: "nearest" });
}

function pick() {
  const one = box(here());
  if (!one) return;
  one.checked = !one.checked;
  count();
}

function act(what) {
  if (decision) {
    const asked = decision.querySelector(`[data-${what}]`);
    if (!asked.matches("details")) return asked.click();
    asked.open = true;
    return asked.querySelector("select, input:not([type=hidden])").focus();
  }
  if (!boxes.some((one) => one.checked)) pick();
  if (boxes.some((one) => one.checked)) queue.querySelector(`[name=act][value=${what}]`).click();
}

const KEYS = {
  j: () => go(1),
  k: () => go(-1),
  x: pick,
  v: () => act("verify"),
  r: () => act("return"),
  "?": () => (help.open = !help.open),
};

if ((queue && rows.length) || decision) {
  if (help) help.hidden = false;
  if (all && boxes.length) {
    all.hidden = false;
    all.addEventListener("change", (event) => {
      boxes.forEach((one) => (one.checked = event.target.checked));
      count();
    });
  }
  queue?.addEventListener("change", count);
  // A page gone back to keeps its ticks.
  addEventListener("pageshow", count);
  document.addEventListener("keydown", (event) => {
    // A key held down is pressed once, on the next page too: each decision is one's own.
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input:not([type=checkbox]), select, textarea")) return;
    const key = KEYS[event.key];
    if (!key) return;
    event.preventDefault();
    key();
  });
}
