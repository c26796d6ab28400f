// Keeps what is typed into a form on this phone until it was sent: by account (0: a visitor) and
// form, as long as the server keeps photos that wait for one. What a visitor wrote is offered to
// who logs in. Never passwords, files or hidden fields but the names of photos (photos.js, which keeps
// those not sent yet under the same name) and the key, by which sending twice is noticed. After
// log-out nothing is left. Without a line a form is not sent, and can be with one tap later.
const here = document.getElementById("drafts").dataset;
const MINE = `draft:${here.account}:`;
const VISITORS = "draft:0:";
const OLDEST = here.seconds * 1000;
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

function watch(form) {
  const key = keyOf(form);
  const first = textOf(valuesOf(form));
  const touched = new Set();
  // A draft that nobody has filled in or deleted yet stays, but for what is changed.
  let older = null;
  const keep = () => {
    const values = valuesOf(form).map(([name, ...now], i) =>
      older && older[i]?.[0] === name && !touched.has(name) ? older[i] : [name, ...now]);
    if (older) values.push(...older.slice(values.length)); // its photos
    write(key, { at: Date.now(), values });
  };
  // What the server has just given back is what was sent: newer than any draft of it.
  const isAnswer = "filled" in here && key === MINE + location.pathname + location.search;
  const draft = isAnswer ? null : read(key) ?? read(key.replace(MINE, VISITORS));
  if (isAnswer) keep();
  if (draft && textOf(draft.values) !== first) {
    // Once every script listens.
    if (isSwitched) addEventListener("DOMContentLoaded", () => fill(form, draft.values, touched));
    else {
      older = draft.values;
      offer(form, draft, touched, (isDeleted) => {
        older = null;
        if (isDeleted) forget(isOf(key));
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

// Without a line nothing is sent: the browser would show its own page in the place of the form.
function wait(form, submitter) {
  form.querySelector(".offline")?.remove();
  const box = document.createElement("div");
  box.className = "notice notice-warning offline";
  box.setAttribute("role", "alert");
  const inside = document.createElement("div");
  const text = document.createElement("p");
  text.textContent = here.offline;
  const again = document.createElement("button");
  again.type = "button";
  again.className = "button";
  again.textContent = here.again;
  again.addEventListener("click", () => form.requestSubmit(submitter));
  addEventListener("online", () => { text.textContent = here.online; });
  inside.append(text, again);
  box.append(inside);
  (submitter?.closest(".row") ?? form.lastElementChild).before(box);
  box.scrollIntoView({ block: "center" });
  again.focus();
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
