// Names the forms that this account has filled in on this phone and not sent (drafts.js keeps them),
// each with a link to its page, where it is filled in again and sent with one tap.
const box = document.querySelector("[data-unsent]");
const { account } = document.getElementById("drafts").dataset;

function unsent() {
  try {
    return Object.entries(localStorage)
      .filter(([key]) => key.startsWith(`draft:${account}:`))
      .map(([, text]) => JSON.parse(text))
      .filter((draft) => draft.page && draft.values.some(([name]) => name === "key"))
      .sort((one, other) => one.at - other.at);
  } catch {
    return []; // nothing can be kept here
  }
}

function linkTo({ page, title, waits }) {
  const link = document.createElement("a");
  link.href = page;
  link.textContent = title;
  link.addEventListener("click", () => {
    try {
      sessionStorage.setItem("switched", link.pathname);
    } catch {
      // Then it is asked.
    }
  });
  const row = document.createElement("li");
  row.append(link);
  if (waits?.isLost) row.append(` (${box.dataset.lost})`);
  return row;
}

function show() {
  const drafts = unsent();
  box.hidden = !drafts.length;
  const count = box.querySelector("[data-count]");
  count.textContent = count.dataset.count.replace("0", drafts.length);
  box.querySelector("ul").replaceChildren(...drafts.map(linkTo));
  box.querySelector("[data-line]").textContent = navigator.onLine ? box.dataset.online : box.dataset.offline;
}

for (const event of ["online", "offline", "pageshow"]) addEventListener(event, show);
show();
