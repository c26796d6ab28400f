// The unit of the price follows the unit of the quantity until somebody chooses another.

const units = document.querySelector("select[name=unit]");
const prices = document.querySelector("select[name=price_unit]");
let before = units?.value;
if (prices?.value === "") prices.value = before;

units?.addEventListener("change", () => {
  if (["", before].includes(prices.value)) prices.value = units.value;
  before = units.value;
});
