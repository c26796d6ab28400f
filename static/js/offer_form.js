// What happens on the form of an offer while somebody types. One file: on a slow line each further
// one waits for its turn.

// The unit of the price follows the unit of the quantity until somebody chooses another. While
// it is unsaid, the choice that stands for it names the unit.

const units = document.querySelector("select[name=unit]");
const prices = document.querySelector("select[name=price_unit]");
const unsaid = prices?.querySelector("option[value='']");
let before = units?.value;
let isChosen = false;

function followUnit() {
  if (!isChosen && prices.value && prices.value === before) prices.value = units.value;
  before = units.value;
  if (unsaid) unsaid.text = units.selectedOptions[0].text;
}

// The units of another product, those chosen always among them.
async function fit(product) {
  const answer = await fetch(`${units.dataset.units}?product=${encodeURIComponent(product)}`).catch(() => null);
  const found = answer?.ok ? await answer.json() : [];
  if (!found.length) return; // no line, or nothing known: all stay
  for (const select of [units, prices]) {
    const kept = [...select.options].filter((one) => one.selected || !one.value);
    const others = found.filter((one) => !kept.some((option) => option.value === one.value));
    select.replaceChildren(...kept, ...others.map((one) => new Option(one.label, one.value)));
  }
}

if (units && prices) {
  // Of a word for several products the field is radio buttons and the text.
  units.form.addEventListener("change", ({ target }) => { if (target.name === "product") fit(target.value); });
  prices.addEventListener("change", () => { isChosen = true; });
  units.addEventListener("change", followUnit);
  units.form.addEventListener("input", followUnit);
  followUnit();
}

// Shows in the card beside a form what is typed into it. Without this the card shows what the
// form held when the page was made.

const card = document.querySelector("[data-preview]");
const form = card && document.getElementById(card.dataset.preview);

function typed(name) {
  let field = form.elements[name];
  if (!field) return "";
  if (field instanceof RadioNodeList) {
    const chosen = [...field].find((one) => one.checked);
    if (chosen) return chosen.closest("label").textContent.trim();
    field = [...field].find((one) => one.type === "text") ?? { value: "" };
  }
  return (field.selectedOptions ? field.selectedOptions[0].text : field.value).trim();
}

function showCard() {
  for (const part of card.querySelectorAll("[data-from]")) {
    const { from, to, else: otherwise } = part.dataset;
    const text = from.split(" ").map(typed).find(Boolean) ?? "";
    const end = text && to ? typed(to) : "";
    const isOpen = to && form.elements.negotiable?.checked;
    part.textContent = isOpen || !text ? otherwise ?? "" : end ? `${text}–${end}` : text;
  }
  // A unit without its number says nothing.
  for (const part of card.querySelectorAll("[data-with]")) {
    const name = part.dataset.with;
    part.hidden = !typed(name) || (name === "price_low" && Boolean(form.elements.negotiable?.checked));
  }
  const photo = form.querySelector(".photo-tiles img");
  const picture = card.querySelector(".picture img");
  if (photo && picture.src !== photo.src) {
    picture.src = photo.src;
    picture.classList.remove("drawing");
  }
}

if (form) {
  for (const event of ["input", "change"]) form.addEventListener(event, () => setTimeout(showCard, 200));
}
