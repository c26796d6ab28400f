// What is asked for the product in the county, below the price of an offer's form, as soon as both
// are typed. Without this script it is there when the page is made with both known.

const place = document.getElementById("local-prices");
const form = place?.closest("form");
const read = (name) => form.elements[name]?.value.trim() ?? "";
let last = "";

async function show() {
  const unit = read("price_unit") || read("unit");
  const question = new URLSearchParams({ product: read("product"), region: read("region"), unit });
  if (!read("product") || !read("region") || `${question}` === last) return;
  last = `${question}`;
  try {
    const answer = await fetch(`${place.dataset.src}?${question}`);
    const text = answer.ok ? await answer.text() : "";
    // Answers may come in another order than the questions: only the last one counts.
    if (last === `${question}`) place.innerHTML = text;
  } catch {
    last = ""; // no line: it is asked for again at the next change
  }
}

form?.addEventListener("change", show);
