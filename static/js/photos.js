// Makes chosen photos small before they are sent, shows them, and adds what is chosen later.
// For every <input type="file" data-photos="how many at most">; without this the server makes
// them small, and a second choice takes the place of the first.
const LONGEST = 1600;
const SMALL_ENOUGH = 300_000;

async function compressed(file) {
  if (!file.type.startsWith("image/") || file.size < SMALL_ENOUGH) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const paper = canvas.getContext("2d");
    paper.fillStyle = "#fff"; // a JPEG has no transparency
    paper.fillRect(0, 0, canvas.width, canvas.height);
    paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
    if (!blob || blob.size >= file.size) return file;
    return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    return file;
  }
}

function picker(input) {
  const most = Number(input.dataset.photos);
  const previews = document.createElement("ul");
  previews.className = "photo-previews";
  const note = document.createElement("p");
  note.className = "field-error";
  note.setAttribute("role", "status");
  // The browser's own button speaks the browser's language, and what is chosen is shown here.
  const choose = document.createElement("label");
  choose.className = "button button-secondary";
  choose.htmlFor = input.id;
  choose.textContent = input.dataset.choose;
  input.classList.add("file-input");
  input.after(choose, previews, note);
  let chosen = []; // { id, file }, in the order chosen
  let work = null;

  // What the server keeps for this form counts too, unless its box takes it out.
  const storedPhotos = () =>
    most === 1 ? 0 : input.form.querySelectorAll(`input[type=hidden][name="${input.name}"]`).length -
      input.form.querySelectorAll(`input[name="${input.name}-remove"]:checked`).length;

  function show() {
    const list = new DataTransfer();
    chosen.forEach((one) => list.items.add(one.file));
    input.files = list.files;
    previews.replaceChildren(
      ...chosen.map((one) => {
        const item = document.createElement("li");
        const image = document.createElement("img");
        image.alt = one.file.name;
        image.onload = () => URL.revokeObjectURL(image.src);
        image.src = URL.createObjectURL(one.file);
        const out = document.createElement("button");
        out.type = "button";
        out.className = "button button-quiet";
        out.textContent = input.dataset.remove;
        out.setAttribute("aria-label", `${input.dataset.remove} ${one.file.name}`);
        out.addEventListener("click", () => {
          chosen = chosen.filter((other) => other !== one);
          note.textContent = "";
          show();
          input.focus();
        });
        item.append(image, out);
        return item;
      }),
    );
  }

  async function add(files) {
    const before = most === 1 && files.length ? [] : chosen;
    const known = new Set(before.map((one) => one.id));
    const fresh = [];
    for (const file of files) {
      const id = `${file.name} ${file.size}`;
      if (!known.has(id)) fresh.push({ id, file });
      known.add(id);
    }
    const room = Math.max(0, most - storedPhotos() - before.length);
    note.textContent = fresh.length > room ? (input.dataset.full ?? "") : "";
    const added = fresh.slice(0, room);
    for (const one of added) one.file = await compressed(one.file); // one by one: phones have little memory
    chosen = [...before, ...added];
    show();
  }

  input.addEventListener("change", () => {
    const files = [...input.files];
    const mine = Promise.resolve(work).then(() => add(files)).finally(() => {
      if (work === mine) work = null;
    });
    work = mine;
  });
  // Sent while photos are still being made small: wait for them.
  input.form.addEventListener("submit", async (event) => {
    if (!work) return;
    event.preventDefault();
    await work;
    input.form.requestSubmit(event.submitter);
  });
}

document.querySelectorAll("input[type=file][data-photos]").forEach(picker);
