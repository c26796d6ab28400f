// Makes chosen photos small on the phone and sends each at once, so that only its name goes with
// the form: it outlives a refusal, a lost session and another language. What has not got through
// waits on the phone, beside the form's draft. For every <input type="file" data-photos="how many
// at most">; without this the photos go with the form, and a second choice replaces the first.
const LONGEST = 1600;
const SMALL_ENOUGH = 300_000;
const HEIC = /\.hei[cf]$/i;
const drafts = document.getElementById("drafts").dataset;

const isHeic = (file) => HEIC.test(file.name) || /^image\/hei[cf]/.test(file.type);

async function compressed(file) {
  if (!isHeic(file) && (!file.type.startsWith("image/") || file.size < SMALL_ENOUGH)) return file;
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
    if (!blob || (blob.size >= file.size && !isHeic(file))) return file;
    return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    return file;
  }
}

// What waits for a form, in the browser's cache under the name of the form's draft.
function waiting(form) {
  const url = new URL(form.getAttribute("action") || location.href, location.href);
  const open = () => caches.open(`draft:${drafts.account}:${url.pathname}${url.search}`);
  const address = (id) => `/draft/${encodeURIComponent(id)}`;
  const quietly = (act) => async (...given) => {
    try {
      return await act(...given);
    } catch {
      return undefined; // not allowed, or no room: then it is only in this page
    }
  };
  return {
    add: quietly(async (id, file) => {
      await (await open()).put(address(id), new Response(file, { headers: { "Content-Type": file.type } }));
      return true;
    }),
    remove: quietly(async (id) => (await open()).delete(address(id))),
    all: quietly(async () => {
      const cache = await open();
      return Promise.all(
        (await cache.keys()).map(async (request) => {
          const blob = await (await cache.match(request)).blob();
          const id = decodeURIComponent(new URL(request.url).pathname.slice("/draft/".length));
          return { id, file: new File([blob], id.split("\n")[0], { type: blob.type }) };
        }),
      );
    }),
  };
}

// Sends one photo; progress is told from 0 to 1. Answers {photo}, {error}, {isOver} where the
// session is over, or {} where nothing that makes sense came back.
function send(file, to, token, progress) {
  return new Promise((done) => {
    const body = new FormData();
    body.append("csrf_token", token);
    body.append("photos", file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", to);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => progress(event.loaded / event.total));
    request.addEventListener("loadend", () => {
      try {
        const answer = JSON.parse(request.responseText);
        done(answer.photo || answer.error ? answer : {});
      } catch {
        done({ isOver: request.status === 400 || request.responseURL.includes("/login") });
      }
    });
    request.send(body);
  });
}

function picker(input) {
  const form = input.form;
  const most = Number(input.dataset.photos);
  const words = input.dataset;
  const list = document.getElementById(`${input.name}-stored`);
  const pattern = document.getElementById(`${input.id}-tile`);
  const kept = waiting(form);
  const note = document.createElement("p");
  note.className = "field-error";
  note.setAttribute("role", "status");
  // The browser's own button speaks the browser's language, and what is chosen is shown here.
  const ways = document.createElement("div");
  ways.className = "photo-ways";
  const way = (control, text) => {
    const label = document.createElement("label");
    label.className = "photo-way";
    label.htmlFor = control.id;
    label.textContent = text;
    control.classList.add("file-input");
    ways.append(control, label);
  };
  input.after(ways, note);
  if (matchMedia("(pointer: coarse)").matches) {
    const camera = document.createElement("input");
    Object.assign(camera, { type: "file", accept: "image/*", capture: "environment", id: `${input.id}-camera` });
    camera.addEventListener("change", () => choose(camera));
    way(camera, words.camera);
  }
  way(input, words.choose);

  let work = null;
  const photos = new Map(); // by tile, of those not stored yet: {id, file, isKept, isRefused, isWaiting}
  const hash = (tile) => tile.querySelector("input[type=hidden]").value;
  const tiles = () => [...list.children];

  // What could not be sent goes with the form; but where the session is over, what this phone
  // keeps is sent after log-in.
  function settle() {
    const files = new DataTransfer();
    for (const photo of photos.values()) if (!photo.isRefused && !photo.isWaiting) files.items.add(photo.file);
    input.files = files.files;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function remove(tile) {
    const photo = photos.get(tile);
    if (photo) kept.remove(photo.id);
    photos.delete(tile);
    tile.remove();
    note.textContent = "";
    settle();
    input.focus();
  }

  function tileOf(src, name, value = "") {
    const tile = pattern.content.firstElementChild.cloneNode(true);
    const image = tile.querySelector("img");
    image.src = src;
    image.alt = name;
    tile.querySelector("input[type=hidden]").value = value;
    list.append(tile);
    return tile;
  }

  const status = (tile, ...parts) => {
    tile.querySelector(".photo-status")?.remove();
    if (!parts.length) return;
    const box = document.createElement("div");
    box.className = "photo-status";
    box.append(...parts);
    tile.querySelector(".picture").after(box);
  };
  const text = (words) => {
    const line = document.createElement("p");
    line.className = "field-error";
    line.textContent = words;
    return line;
  };

  function refuse(tile, why) {
    photos.get(tile).isRefused = true;
    tile.classList.add("photo-refused");
    status(tile, text(why));
  }

  async function upload(tile) {
    const photo = photos.get(tile);
    if (!photo) return;
    const bar = document.createElement("progress");
    bar.setAttribute("aria-label", photo.file.name);
    bar.value = 0;
    status(tile, bar);
    const answer = await send(photo.file, words.to, form.elements.csrf_token.value, (part) => { bar.value = part; });
    if (!photos.has(tile)) return; // taken out meanwhile
    if (answer.photo) {
      kept.remove(photo.id);
      photos.delete(tile);
      if (tiles().some((other) => hash(other) === answer.photo)) tile.remove();
      else tile.querySelector("input[type=hidden]").value = answer.photo;
      status(tile);
    } else if (answer.error) {
      kept.remove(photo.id);
      refuse(tile, answer.error);
    } else {
      photo.isWaiting = Boolean(answer.isOver && photo.isKept);
      const again = document.createElement("button");
      again.type = "button";
      again.className = "button button-secondary";
      again.textContent = drafts.again;
      again.addEventListener("click", () => queue(() => upload(tile)));
      status(tile, text(words.failed), again);
    }
    settle();
  }

  // One after the other: phones have little memory, and the server takes one at a time.
  function queue(act) {
    const mine = Promise.resolve(work).then(act).finally(() => {
      if (work === mine) work = null;
    });
    work = mine;
    return mine;
  }

  async function add({ id, file }, isKept) {
    const small = await compressed(file);
    const tile = tileOf(URL.createObjectURL(small), file.name);
    const photo = { id, file: small };
    photos.set(tile, photo);
    tile.dataset.chosen = id;
    if (isHeic(small)) {
      refuse(tile, `${file.name}: ${words.heic}`);
      settle();
      return;
    }
    photo.isKept = isKept || (await kept.add(id, small));
    settle();
    await upload(tile);
  }

  function choose(from) {
    const files = [...from.files];
    if (from !== input) from.value = "";
    queue(async () => {
      if (most === 1 && files.length) tiles().forEach(remove);
      const known = new Set(tiles().map((tile) => tile.dataset.chosen));
      const fresh = files
        .map((file) => ({ id: `${file.name}\n${file.size}`, file }))
        .filter((one) => !known.has(one.id));
      const room = Math.max(0, most - tiles().length);
      note.textContent = fresh.length > room ? (words.full ?? "") : "";
      for (const one of fresh.slice(0, room)) await add(one);
      settle();
    });
  }

  // What a draft names and what waits on this phone.
  async function restore(hashes) {
    for (const value of hashes) {
      if (tiles().length >= most || tiles().some((tile) => hash(tile) === value)) continue;
      const tile = tileOf(words.thumb.replace(/0{64}/, value), "", value);
      tile.querySelector("img").addEventListener("error", () => {
        remove(tile);
        note.textContent = words.gone;
      });
    }
    for (const one of (await kept.all()) ?? []) {
      if (tiles().length < most) await add(one, true);
    }
    settle();
  }

  input.addEventListener("change", () => choose(input));
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button[value]");
    if (!button) return;
    event.preventDefault();
    const tile = button.closest("li");
    const act = button.value.split(" ")[0];
    if (act === "out") return remove(tile);
    if (act === "cover") list.prepend(tile);
    if (act === "earlier") tile.previousElementSibling?.before(tile);
    if (act === "later") tile.nextElementSibling?.after(tile);
    settle();
    const isShown = getComputedStyle(button).visibility === "visible" && button.offsetParent;
    (isShown ? button : tile.querySelector(tile.nextElementSibling ? ".photo-later" : ".photo-earlier"))?.focus();
  });
  list.addEventListener("change", (event) => {
    if (event.target.type === "checkbox") remove(event.target.closest("li"));
  });
  form.addEventListener("draft", (event) => {
    queue(() => restore(event.detail.filter(([name]) => name === input.name).map(([, value]) => value)));
  });
  if ("filled" in drafts) queue(() => restore([]));
  // Sent while photos are still on their way: wait for them.
  form.addEventListener("submit", async (event) => {
    if (!work || event.defaultPrevented) return;
    event.preventDefault();
    await work;
    form.requestSubmit(event.submitter);
  });
}

document.querySelectorAll("input[type=file][data-photos]").forEach(picker);
