// The filters of a list are a sheet on the phone: it stays open from one choice to the next, and
// its last button closes it. Without this script each choice closes it, and the button leads down.

const OPEN = "market.sheet";
const sheet = document.querySelector(".narrowing");
const narrow = window.matchMedia("(max-width: 47.99rem)");

if (sheet && narrow.matches) {
  if (sessionStorage.getItem(OPEN) === location.pathname) sheet.open = true;
  sheet.addEventListener("toggle", (event) => {
    if (event.target !== sheet) return;
    if (sheet.open) sessionStorage.setItem(OPEN, location.pathname);
    else sessionStorage.removeItem(OPEN);
  });
  sheet.querySelector(".narrowing-done a").addEventListener("click", () => {
    sheet.open = false;
  });
}
