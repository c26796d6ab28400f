// Keeps what is typed into a form on this phone until it was sent: by account (0: a visitor) and
// form, as long as the server keeps photos that wait for one. What a visitor wrote is offered to
// who logs in. Never passwords, files or hidden fields but the names of photos (photos.js, which keeps
// those not sent yet under the same name) and the key, by which sending twice is noticed. After
// log-out nothing is left. Without a line a form is not sent, and can be with one tap later; a form
// with a key is sent from the page that it stands on, which stays until the answer is there.
const here = document.getElementById("drafts").dataset;
const MINE = `draft:${here.account}:`;
const VISITORS = "draft:0:";
const OLDEST = here.seconds * 1000;
// Milliseconds: after the first it is said that it is being sent, after the second that nobody knows.
const SLOW = 1000;
const TOO_SLOW = 90_000;
const NOT_SAVED = ["password", "file", "hidden", "submit", "button", "reset", "image"];

const read = (key) => {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
};
const write = (key, value) => {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // No room, or not allowed: then only the server gives it back.
  }
};

// A button named "action" hides form.action, so the attribute is asked.
function keyOf(form) {
  const url = new URL(form.getAttribute("action") || location.href, location.href);
  return MINE + url.pathname + url.search;
}

const isSaved = (control) =>
  control.name && (!NOT_SAVED.includes(control.type) || control.name === "key");
const isPhoto = (control) => control.type === "hidden" && control.value && control.closest(".photo-tiles");
const written = (control) =>
  isSaved(control) && (control.tagName === "TEXTAREA" || /^(text|tel|search|number)$/.test(control.type));

// [name, value] of each control as it stands; of boxes and rounds whether they are ticked. The
// photos come last, because their number changes.
const valuesOf = (form) =>
  [...[...form.elements].filter(isSaved), ...[...form.elements].filter(isPhoto)]
    .map((c) => [c.name, c.value, /^(checkbox|radio)$/.test(c.type) ? c.checked : null]);
const textOf = (values) => JSON.stringify(values.filter(([name]) => name !== "key"));

// Fills in what was saved, but in no control that was changed since.
function fill(form, values, touched) {
  for (const [name, value, ticked] of values) {
    for (const control of [...form.elements].filter((c) => isSaved(c) && c.name === name)) {
      if (touched.has(name)) continue;
      if (ticked === null) control.value = value;
      else if (control.value === value) control.checked = ticked;
      // What came back is seen, also below the fold.
      const folded = control.closest("details");
      if (folded && written(control) && value !== control.defaultValue) folded.open = true;
    }
  }
  form.dispatchEvent(new CustomEvent("draft", { detail: values }));
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

function offer(form, draft, touched, answered) {
  const box = document.createElement("div");
  box.className = "notice notice-info draft";
  const text = document.createElement("p");
  text.textContent = here.found;
  const button = (label, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button button-secondary";
    made.textContent = label;
    made.addEventListener("click", () => {
      box.remove();
      act();
    });
    return made;
  };
  const inside = document.createElement("div");
  const buttons = document.createElement("div");
  buttons.className = "row";
  buttons.append(
    button(here.restore, () => {
      answered(false);
      fill(form, draft.values, touched);
    }),
    button(here.discard, () => answered(true)),
  );
  inside.append(text, buttons);
  box.append(inside);
  form.prepend(box);
}

// By form: saves it as one that was to be sent.
const keepers = new Map();

// What the page of unsent forms calls this one (unsent.js).
function titleOf(form) {
  const changed = [...form.elements].find((c) => written(c) && c.value && c.value !== c.defaultValue);
  const title = form.dataset.title ?? document.querySelector("h1")?.innerText;
  return [title, changed?.value.slice(0, 30)].filter(Boolean).join(" · ");
}

function watch(form) {
  const key = keyOf(form);
  const first = textOf(valuesOf(form));
  const touched = new Set();
  // A draft that nobody has filled in or deleted yet stays, but for what is changed.
  let older = null;
  let waits = null;
  const page = location.pathname + location.search;
  const keep = () => {
    const values = valuesOf(form).map(([name, ...now], i) =>
      older && older[i]?.[0] === name && !touched.has(name) ? older[i] : [name, ...now]);
    if (older) values.push(...older.slice(values.length)); // its photos
    write(key, { at: Date.now(), values, waits, page, title: titleOf(form) });
  };
  keepers.set(form, (how) => {
    waits = how;
    keep();
  });
  // What the server has just given back is what was sent: newer than any draft of it.
  const isAnswer = "filled" in here && key === MINE + location.pathname + location.search;
  const draft = isAnswer ? null : read(key) ?? read(key.replace(MINE, VISITORS));
  if (isAnswer) keep();
  if (draft && textOf(draft.values) !== first) {
    waits = draft.waits;
    // Once every script listens.
    if (isSwitched) {
      addEventListener("DOMContentLoaded", () => {
        fill(form, draft.values, touched);
        if (!waits) return;
        const { name, value } = waits;
        const by = [...form.elements].find((c) => c.type === "submit" && c.name === name && c.value === value);
        if (navigator.onLine) say(form, by, waits.isLost ? here.lost : here.online);
        else wait(form, by);
      });
    } else {
      older = draft.values;
      offer(form, draft, touched, (isDeleted) => {
        older = null;
        if (!isDeleted) return;
        waits = null;
        forget(isOf(key));
      });
    }
  }
  form.addEventListener("input", (event) => {
    if (event.target.name) touched.add(event.target.name);
    if (event.target.type === "file" || textOf(valuesOf(form)) !== first) keep();
  });
}

// Whether it is this draft, or the visitor's that it began with.
const isOf = (key) => (one) => one === key || one === key.replace(MINE, VISITORS);

function forget(unwanted) {
  try {
    Object.keys(localStorage).filter(unwanted).forEach((key) => localStorage.removeItem(key));
  } catch {
    // Nothing can be saved here, so there is nothing to forget.
  }
  globalThis.caches?.keys().then((names) => names.filter(unwanted).forEach((name) => caches.delete(name)));
}

// Says above the form's buttons how it stands with its sending. Answers the text.
function say(form, submitter, words, isOver = true) {
  form.querySelector(".offline")?.remove();
  const box = document.createElement("div");
  box.className = `notice notice-${isOver ? "warning" : "info"} offline`;
  box.setAttribute("role", isOver ? "alert" : "status");
  const inside = document.createElement("div");
  const text = document.createElement("p");
  text.textContent = words;
  inside.append(text);
  box.append(inside);
  (submitter?.closest("form .row") ?? form.lastElementChild).before(box);
  if (!isOver) return text;
  const again = document.createElement("button");
  again.type = "button";
  again.className = "button";
  again.textContent = here.again;
  again.addEventListener("click", () => form.requestSubmit(submitter));
  inside.append(again);
  box.scrollIntoView({ block: "center" });
  again.focus();
  return text;
}

// Without a line nothing is sent: the browser would show its own page in the place of the form.
function wait(form, submitter) {
  keepers.get(form)?.({ name: submitter?.name ?? "", value: submitter?.value ?? "" });
  const text = say(form, submitter, here.offline);
  addEventListener("online", () => { text.textContent = here.online; });
}
document.addEventListener(
  "submit",
  (event) => {
    if (navigator.onLine || event.target.method !== "post") return;
    event.preventDefault();
    event.stopPropagation();
    wait(event.target, event.submitter);
  },
  true,
);

// A reply can be lost after the form was taken: the key lets it be sent again without harm. What was
// taken leads to its page; what is refused made nothing, and is sent once more for the page that says why.
const sending = new Set();
const refused = new Set();

async function send(form, submitter) {
  const body = new FormData(form);
  if (submitter?.name) body.append(submitter.name, submitter.value);
  const abort = new AbortController();
  const timers = [
    setTimeout(() => say(form, submitter, here.sending, false), SLOW),
    setTimeout(() => abort.abort(), TOO_SLOW),
  ];
  const answer = await fetch(form.getAttribute("action") || location.href, {
    method: "POST", body, headers: { "X-Requested-With": "fetch" }, signal: abort.signal,
  }).catch(() => null);
  timers.forEach(clearTimeout);
  const address = answer?.headers.get("Location");
  if (address) {
    const to = new URL(address, location.href);
    const isHere = to.hash && to.pathname + to.search === location.pathname + location.search;
    location.assign(to);
    if (!isHere) return;
    // Only the place in the page changed.
    form.reset();
    location.reload();
    return;
  }
  sending.delete(form);
  if (!answer || [502, 503, 504].includes(answer.status)) {
    keepers.get(form)?.({ name: submitter?.name ?? "", value: submitter?.value ?? "", isLost: true });
    say(form, submitter, here.lost);
  } else {
    form.querySelector(".offline")?.remove();
    refused.add(form);
    form.requestSubmit(submitter);
  }
}

// Last, when no other script of the page has stopped it.
document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  // The page as it stands, in another way or filled from a sentence.
  const isAside = ["switch", "fill"].includes(submitter?.name) || submitter?.hasAttribute("formaction");
  if (event.defaultPrevented || form.method !== "post" || !form.elements.key || isAside) return;
  if (refused.delete(form)) return;
  event.preventDefault();
  if (sending.has(form)) return;
  sending.add(form);
  send(form, submitter);
});
// A page gone back to is as it was left.
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  sending.clear();
  document.querySelectorAll(".offline").forEach((box) => box.remove());
});

// A link to the other language leaves the page as it is: what was typed is filled in at once.
let isSwitched = false;
try {
  isSwitched = sessionStorage.getItem("switched") === location.pathname;
  sessionStorage.removeItem("switched");
} catch {
  // Then it is asked.
}
document.querySelector(".top-account a[hreflang]")?.addEventListener("click", () => {
  try {
    sessionStorage.setItem("switched", location.pathname);
  } catch {
    // Then it is asked.
  }
});

here.sent.split(" ").filter(Boolean).forEach((address) => forget(isOf(MINE + address)));
forget((key) => key.startsWith("draft:") && !(read(key)?.at > Date.now() - OLDEST));
for (const form of document.querySelectorAll('form[method="post"]')) {
  if (form.getAttribute("action")?.endsWith("/logout")) {
    form.addEventListener("submit", () => forget((key) => key.startsWith(MINE) || key.startsWith(VISITORS)));
  } else if ([...form.elements].some(written)) {
    watch(form);
  }
}
