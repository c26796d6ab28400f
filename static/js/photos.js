// Makes chosen photos small before they are sent, and shows them.
// For every <input type="file" data-photos>; without this the server does the same work.
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
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
    if (!blob || blob.size >= file.size) return file;
    return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    return file;
  }
}

async function prepare(input) {
  const files = await Promise.all([...input.files].map(compressed));
  const list = new DataTransfer();
  files.forEach((file) => list.items.add(file));
  input.files = list.files;

  let previews = input.parentNode.querySelector(".photo-previews");
  if (!previews) {
    previews = document.createElement("ul");
    previews.className = "photo-previews";
    input.after(previews);
  }
  previews.replaceChildren(
    ...files.map((file) => {
      const item = document.createElement("li");
      const image = document.createElement("img");
      image.alt = file.name;
      image.onload = () => URL.revokeObjectURL(image.src);
      image.src = URL.createObjectURL(file);
      item.append(image);
      return item;
    }),
  );
}

for (const input of document.querySelectorAll("input[type=file][data-photos]")) {
  input.addEventListener("change", () => prepare(input));
}
