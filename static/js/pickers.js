// Suggestions under a text field, and selects down the tree of regions.
// Without this script the plain text is resolved when the form is sent.

const REMEMBERED = "market.region";

const ask = async (url) => {
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : [];
  } catch {
    return []; // no line: what is typed is read when the form is sent
  }
};

const option = (value, text) => {
  const made = document.createElement("option");
  made.value = value;
  made.textContent = text;
  return made;
};

function suggest(input) {
  const list = document.createElement("datalist");
  list.id = `${input.id}-suggestions`;
  input.after(list);
  input.setAttribute("list", list.id);
  input.autocomplete = "off";
  let timer = 0;
  const offer = () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const text = input.value.trim();
      if (!text) return list.replaceChildren();
      const found = await ask(`${input.dataset.suggest}?q=${encodeURIComponent(text)}`);
      // Answers may come in another order than the questions: only the last one counts.
      if (text !== input.value.trim()) return;
      // The label holds what was typed too: browsers drop options that do not contain it.
      list.replaceChildren(...found.map((one) => option(one.value, `${one.label} ${text}`)));
    }, 120);
  };
  // The letters of an unfinished Chinese word are no question yet.
  input.addEventListener("input", (event) => event.isComposing || offer());
  input.addEventListener("compositionend", offer);
}

function cascade(input) {
  const row = document.createElement("div");
  row.className = "field-row";
  input.after(row);

  const level = async (parent, depth) => {
    while (row.children.length > depth) row.lastChild.remove();
    const rows = await ask(`${input.dataset.tree}?parent=${parent}`);
    if (!rows.length) return null;
    const select = document.createElement("select");
    select.setAttribute("aria-label", `${input.labels?.[0]?.textContent.trim() ?? ""} ${depth + 1}`);
    select.append(option("", "…"), ...rows.map((one) => option(one.code, one.name)));
    select.addEventListener("change", () => {
      const chosen = rows.find((one) => one.code === select.value);
      while (row.children.length > depth + 1) row.lastChild.remove();
      if (!chosen) return;
      if (chosen.leaf || input.dataset.anyLevel !== undefined) {
        input.value = chosen.value;
        input.dispatchEvent(new Event("change", { bubbles: true }));
        localStorage.setItem(REMEMBERED, chosen.value);
      }
      if (!chosen.leaf) level(chosen.code, depth + 1);
    });
    row.append(select);
    return select;
  };
  // Where one may choose in a part of the tree only, the selects begin there.
  level(input.dataset.treeFrom ?? "", 0);
  if (!input.value && input.required) input.value = localStorage.getItem(REMEMBERED) ?? "";
}

for (const input of document.querySelectorAll("input[data-suggest]")) {
  suggest(input);
  if (input.dataset.tree) cascade(input);
}

// The towns to choose from are those of the county in the same form.
for (const input of document.querySelectorAll("input[data-townships]")) {
  input.form.elements.region?.addEventListener?.("change", async (event) => {
    const county = encodeURIComponent(event.target.value);
    const found = await ask(`${input.dataset.townships}?region=${county}`);
    input.list.replaceChildren(...found.map((one) => option(one.value, "")));
  });
}
