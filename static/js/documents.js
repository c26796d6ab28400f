// Shows how far something is that the worker makes: looks again every two seconds until it is made.
const PAUSE = 2000;

async function look() {
  const here = document.querySelector("[data-waiting]");
  if (here?.dataset.waiting !== "yes") return;
  try {
    const page = await (await fetch(location.href)).text();
    const fresh = new DOMParser().parseFromString(page, "text/html").querySelector("[data-waiting]");
    // Somebody is answering a question there: leave it alone until they have.
    if (fresh && !here.querySelector("details[open]") && !here.contains(document.activeElement)) {
      here.replaceWith(fresh);
    }
  } finally {
    setTimeout(look, PAUSE);
  }
}

setTimeout(look, PAUSE);
