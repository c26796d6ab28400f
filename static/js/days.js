// A field for a day is written as people write it; here it gets a button that opens the browser's
// own calendar, whose day is written into the field.

for (const field of document.querySelectorAll("input[data-day]")) {
  const picker = document.createElement("input");
  if (!picker.showPicker) break;
  picker.type = "date";
  picker.className = "day-picker";
  picker.tabIndex = -1;
  picker.setAttribute("aria-hidden", "true");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "day-button";
  button.setAttribute("aria-label", field.dataset.day);
  button.addEventListener("click", () => {
    picker.value = /^\d{4}-\d\d-\d\d$/.test(field.value) ? field.value : "";
    picker.showPicker();
  });
  picker.addEventListener("change", () => {
    field.value = picker.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const box = document.createElement("span");
  box.className = "day";
  field.replaceWith(box);
  box.append(field, button, picker);
}
