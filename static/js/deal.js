// Shows quantity times price in the empty amount field while it is typed.
const form = document.querySelector("[data-deal]");
const number = (name) => Number(form.elements[name].value.replace(/[,，]/g, ""));

function show() {
  const amount = number("quantity") * number("unit_price");
  form.elements.amount.placeholder = amount > 0 ? amount.toFixed(2) : "";
}

form?.addEventListener("input", show);
if (form) show();
