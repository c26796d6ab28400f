// Shows how far documents are: looks again every two seconds while one is being made.
const PAUSE = 2000;

async function look() {
  const here = document.getElementById("documents");
  if (here?.dataset.waiting !== "yes") return;
  try {
    const page = await (await fetch(location.pathname)).text();
    const fresh = new DOMParser().parseFromString(page, "text/html").getElementById("documents");
    // Somebody is answering a question there: leave it alone until they have.
    if (fresh && !here.querySelector("details[open]") && !here.contains(document.activeElement)) {
      here.replaceWith(fresh);
    }
  } finally {
    setTimeout(look, PAUSE);
  }
}

setTimeout(look, PAUSE);
