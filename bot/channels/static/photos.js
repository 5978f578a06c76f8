// The photos and papers of the next message: chosen, shown as chips, taken away again, within the
// limits of the server. They are kept in memory only, until their message is answered.
"use strict";

function makePhotos(words, limits, find) {
  const [chips, note, chooser, choose] = ["chips", "photos-note", "files", "choose"].map(find);
  let chosen = [];
  let whenChosen = add; // what a closed file dialogue does: a lost message asks for its photos anew

  function fill(text, values) {
    return Object.keys(values).reduce((filled, key) => filled.replace("{" + key + "}", values[key]), text);
  }

  function problemOf(file, files) {
    const total = files.reduce((sum, one) => sum + one.size, file.size);
    if (files.length >= limits.files) return fill(words.too_many_files, { count: limits.files });
    if (!file.size) return fill(words.file_empty, { file: file.name });
    if (file.size > limits.file) return fill(words.file_too_large, { file: file.name });
    if (total > limits.request) return fill(words.files_too_large, { file: file.name });
    return "";
  }

  // The files that may go together, and what is to be said of the others.
  function sift(files, before) {
    const good = before.slice();
    const problems = [];
    for (const file of files) {
      const problem = problemOf(file, good);
      if (!problem) good.push(file);
      else if (!problems.includes(problem)) problems.push(problem);
    }
    return { good: good, problems: problems };
  }

  function add(files) {
    const sifted = sift(files, chosen);
    chosen = sifted.good;
    draw(sifted.problems.concat(chosen.length ? fill(words.files_added, { count: chosen.length }) : []));
  }

  function say(lines) {
    note.textContent = lines.join("\n");
  }

  // The composer grows over the end of the talk: who was at the end stays there.
  function draw(lines) {
    const page = document.documentElement;
    const isAtEnd = window.scrollY + window.innerHeight >= page.scrollHeight - 8;
    drawChips();
    say(lines);
    if (isAtEnd) window.scrollTo(0, page.scrollHeight);
  }

  function drawChips() {
    for (const picture of chips.querySelectorAll("img")) URL.revokeObjectURL(picture.src);
    chips.textContent = "";
    chips.hidden = !chosen.length;
    chosen.forEach((file, place) => chips.append(drawChip(file, place)));
  }

  function drawChip(file, place) {
    const chip = document.createElement("li");
    const isPicture = file.type.startsWith("image/");
    const name = (isPicture ? words.photo : words.document) + " " + (place + 1);
    if (isPicture) {
      const picture = document.createElement("img");
      picture.src = URL.createObjectURL(file);
      picture.alt = "";
      chip.append(picture);
    }
    const what = document.createElement("span");
    what.textContent = name + (isPicture ? "" : " " + file.name);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.textContent = "×";
    remove.setAttribute("aria-label", fill(words.remove_file, { file: name + " " + file.name }));
    remove.addEventListener("click", () => takeAway(place));
    chip.append(what, remove);
    return chip;
  }

  function takeAway(place) {
    chosen.splice(place, 1);
    draw([chosen.length ? fill(words.files_added, { count: chosen.length }) : words.files_none]);
    const left = chips.querySelectorAll("button"); // focus must not fall to the top of the page
    (left[Math.min(place, left.length - 1)] || choose).focus();
  }

  // The chosen files for a message; the composer is empty afterwards.
  function take() {
    const files = chosen;
    chosen = [];
    draw([]);
    return files;
  }

  // Ask for files once, for `done`, beside those of the next message.
  function askFor(done) {
    whenChosen = (files) => {
      const sifted = sift(files, []);
      say(sifted.problems);
      if (sifted.good.length) done(sifted.good);
    };
    chooser.click();
  }

  function ofClipboard(event) {
    const files = Array.from((event.clipboardData || event.dataTransfer || {}).files || []);
    if (!files.length) return;
    event.preventDefault();
    add(files);
  }

  choose.addEventListener("click", () => { whenChosen = add; chooser.click(); });
  chooser.addEventListener("change", () => {
    const files = Array.from(chooser.files);
    chooser.value = ""; // the same photo may be chosen again after it was taken away
    whenChosen(files);
    whenChosen = add;
  });
  find("text").addEventListener("paste", ofClipboard);
  document.addEventListener("dragover", (event) => {
    if (event.dataTransfer && Array.from(event.dataTransfer.types).includes("Files")) event.preventDefault();
  });
  document.addEventListener("drop", ofClipboard);

  return { add: add, take: take, askFor: askFor, fill: fill };
}
