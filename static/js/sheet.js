// The filters of a list are a sheet on the phone: it stays open from one choice to the next, and
// its last button closes it. Without this script each choice closes it, and the button leads down.

const CHOOSING = "market.sheet";
const sheet = document.querySelector(".narrowing");

if (sheet && window.matchMedia("(max-width: 47.99rem)").matches) {
  if (sessionStorage.getItem(CHOOSING)) sheet.open = true;
  sessionStorage.removeItem(CHOOSING);
  sheet.addEventListener("click", (event) => {
    if (event.target.closest(".facets a")) sessionStorage.setItem(CHOOSING, "1");
    if (event.target.closest(".narrowing-done a")) sheet.open = false;
  });
}
