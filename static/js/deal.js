// Shows quantity times price while they are typed, each in the unit that stands beside it, and
// converts a number that stands as the page showed it when another unit is chosen.
const form = document.querySelector("[data-deal]");
const sum = form?.querySelector("[data-sum]");
const factors = Object.fromEntries((form?.dataset.deal ?? "").trim().split(/\s+/).map((each) => each.split(":")));
const field = (name) => form.elements[name];
// Only what can be nothing else; the server reads 8万 and 1块6 too.
const number = (name) => {
  const text = field(name).value.normalize("NFKC").trim();
  const grouped = /^[1-9]\d{0,2}(,\d{3})+(\.\d+)?$|^[1-9]\d{0,3}(,\d{4})+(\.\d+)?$/.test(text);
  return Number(grouped ? text.replace(/,/g, "") : text.replace(/^(\d+)[,、。](\d{1,2})$/, "$1.$2"));
};
const named = (name) => field(name).selectedOptions[0]?.text ?? "";
// By unit field: its number's field, the decimals it takes, and number and unit as shown.
const pairs = { unit: ["quantity", 3], price_unit: ["unit_price", 4] };
const stands = {};

function convert(unit) {
  const [name, places] = pairs[unit];
  const [before, from] = stands[unit];
  const to = field(unit).value;
  if (!from || !to || from === to || field(name).value !== before) return;
  const ratio = factors[from] / factors[to];
  const exact = number(name) * (unit === "unit" ? ratio : 1 / ratio);
  const written = Number(exact.toFixed(places));
  if (!(Math.abs(written - exact) <= exact / 100)) return;
  field(name).value = String(written);
  field("shown").value = "";
  stands[unit] = [field(name).value, to];
}

function show() {
  const [unit, per] = [field("unit").value, field("price_unit").value || field("unit").value];
  const price = number("unit_price") * (per ? factors[unit] / factors[per] : NaN);
  const amount = number("quantity") * price;
  const known = amount > 0 && Number.isFinite(amount);
  field("amount").placeholder = known ? amount.toFixed(2) : "";
  sum.hidden = !known;
  if (!known) return;
  const written = (value, places, least = 0) =>
    value.toLocaleString("en", { minimumFractionDigits: least, maximumFractionDigits: places });
  const whole = Number.isInteger(Number(amount.toFixed(2)));
  const money = document.documentElement.lang === "en" ? (text) => `CNY ${text}` : (text) => `${text} 元`;
  const each = `${money(written(number("unit_price"), 4))}/${field("price_unit").value ? named("price_unit") : named("unit")}`;
  sum.textContent = `${written(number("quantity"), 3)} ${named("unit")} × ${each} = ${money(written(amount, 2, whole ? 0 : 2))}`;
}

function choose(event) {
  const unit = event.target.name;
  if (!pairs[unit]) return;
  convert(unit);
  // The price is for one of what is counted, unless somebody chose otherwise.
  const price = field("price_unit");
  if (unit === "unit" && price.value && stands.price_unit[1] === price.value && stands.price_unit[0] === field("unit_price").value) {
    price.value = field("unit").value;
    convert("price_unit");
  }
  show();
}

form?.addEventListener("input", show);
form?.addEventListener("change", choose);
if (form) {
  for (const [unit, [name]] of Object.entries(pairs)) stands[unit] = [field(name).value, field(unit).value];
  show();
}
