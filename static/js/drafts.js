// Keeps what is typed into a form on this phone until it was sent: by account and form, for a
// week. Never passwords, files or hidden fields but the key, by which sending twice is noticed.
// After log-out nothing is left.
const here = document.getElementById("drafts").dataset;
const MINE = `draft:${here.account}:`;
const OLDEST = 7 * 24 * 3600 * 1000;
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
const written = (control) =>
  isSaved(control) && (control.tagName === "TEXTAREA" || /^(text|tel|search|number)$/.test(control.type));

// [name, value] of each control as it stands; of boxes and rounds whether they are ticked.
const valuesOf = (form) =>
  [...form.elements]
    .filter(isSaved)
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
      if (folded && written(control) && value) folded.open = true;
    }
  }
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
    write(key, { at: Date.now(), values });
  };
  // What the server has just given back is what was sent: newer than any draft of it.
  const isAnswer = "filled" in here && key === MINE + location.pathname + location.search;
  const draft = isAnswer ? null : read(key);
  if (isAnswer) keep();
  if (draft && textOf(draft.values) !== first) {
    if (isSwitched) fill(form, draft.values, touched);
    else {
      older = draft.values;
      offer(form, draft, touched, (isDeleted) => {
        older = null;
        if (isDeleted) localStorage.removeItem(key);
      });
    }
  }
  form.addEventListener("input", (event) => {
    if (event.target.name) touched.add(event.target.name);
    if (textOf(valuesOf(form)) !== first) keep();
  });
}

function forget(unwanted) {
  try {
    Object.keys(localStorage).filter(unwanted).forEach((key) => localStorage.removeItem(key));
  } catch {
    // Nothing can be saved here, so there is nothing to forget.
  }
}

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

const sent = here.sent.split(" ").filter(Boolean).map((address) => MINE + address);
forget((key) => sent.includes(key));
forget((key) => key.startsWith("draft:") && !(read(key)?.at > Date.now() - OLDEST));
for (const form of document.querySelectorAll('form[method="post"]')) {
  if (form.getAttribute("action")?.endsWith("/logout")) {
    form.addEventListener("submit", () => forget((key) => key.startsWith(MINE)));
  } else if ([...form.elements].some(written)) {
    watch(form);
  }
}
