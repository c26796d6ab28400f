// The unit of the price follows the unit of the quantity until somebody chooses another. While
// it is unsaid, the choice that stands for it names the unit.

const units = document.querySelector("select[name=unit]");
const prices = document.querySelector("select[name=price_unit]");
const unsaid = prices?.querySelector("option[value='']");
const words = unsaid?.text;
let before = units?.value;
let isChosen = false;

function show() {
  if (!isChosen && prices.value && prices.value === before) prices.value = units.value;
  before = units.value;
  if (unsaid) unsaid.text = `${units.selectedOptions[0].text} · ${words}`;
}

if (units && prices) {
  prices.addEventListener("change", () => { isChosen = true; });
  units.addEventListener("change", show);
  units.form.addEventListener("input", show);
  show();
}
