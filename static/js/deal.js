// Shows quantity times price while they are typed, each in the unit that stands beside it.
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

function show() {
  const [unit, per] = [field("unit").value, field("price_unit").value];
  const price = number("unit_price") * (per ? factors[unit] / factors[per] : NaN);
  const amount = number("quantity") * price;
  const known = amount > 0 && Number.isFinite(amount);
  field("amount").placeholder = known ? amount.toFixed(2) : "";
  sum.hidden = !known;
  if (!known) return;
  const total = amount.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const [each, money] = document.documentElement.lang === "en" ? ["yuan/", "yuan"] : ["元/", "元"];
  sum.textContent = `${field("quantity").value} ${named("unit")} × ${field("unit_price").value} ${each}${named("price_unit")} = ${total} ${money}`;
}

form?.addEventListener("input", show);
if (form) show();
