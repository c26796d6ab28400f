// Passing an offer on: the phone's own sheet where there is one, else the address is copied.

const box = document.getElementById("share");
const field = document.getElementById("address");
const button = box?.querySelector("button");
if (button && (navigator.share || navigator.clipboard)) {
  box.hidden = false;
  button.addEventListener("click", async () => {
    try {
      if (navigator.share) {
        await navigator.share({ title: box.dataset.title, url: field.value });
      } else {
        await navigator.clipboard.writeText(field.value);
        button.textContent = box.dataset.copied;
      }
    } catch {
      field.select();
    }
  });
}
