// The return form, made kinder: sums while typing, and the draft saved by itself. The form works without this file.
import { addressOf, changed, hold, storing } from "./form.js";
import { read } from "./number.js";

const form = document.querySelector("form.return");
const state = form.querySelector("[data-state]");
const EVERY = 15_000;

function write(values) {
  const known = values.filter(value => value !== null);
  if (!known.length) return "–";
  return new Intl.NumberFormat("en", { maximumFractionDigits: 2 }).format(known.reduce((a, b) => a + b, 0));
}

function addUp(table) {
  const rows = [...table.tBodies[0].rows].map(row => [...row.querySelectorAll("input")].map(input => read(input.value)));
  rows.forEach((row, n) => { table.tBodies[0].rows[n].querySelector("output").value = write(row); });
  const sums = [...table.tFoot.querySelectorAll("output")];
  sums.forEach((output, n) => {
    output.value = write(n < sums.length - 1 ? rows.map(row => row[n]) : rows.flat());
  });
}

let dirty = changed(form).length > 0;
if (dirty) form.querySelectorAll("table.grid").forEach(addUp);
form.addEventListener("input", event => {
  if (event.target.type === "file") return large(event.target);
  dirty = true;
  state.textContent = "";
  const table = event.target.closest("table.grid");
  if (table) addUp(table);
});

// A file that will not be taken is told before it is sent over a slow line.
function large(input) {
  const most = Number(form.dataset.most) * 1024 * 1024;
  input.setCustomValidity([...input.files].some(file => file.size > most) ? form.dataset.large : "");
  input.reportValidity();
}

// What the server did not keep stays on the page, says why, and is in no store of this browser either.
function mark(stopped) {
  form.querySelectorAll("[data-stopped]").forEach(told => told.remove());
  for (const [name, sentence] of stopped) {
    const field = form.elements[name];
    if (!field) continue;
    const told = document.createElement("span");
    told.className = "problem";
    told.dataset.stopped = "";
    told.textContent = sentence;
    (field.closest("label") ?? field).after(told);
  }
}

let saving = false;

// Files go along only when a person presses a button: a draft is saved often, a phone's line is slow.
async function save() {
  if (!dirty || saving) return;
  dirty = false;
  saving = true;
  const data = new FormData(form);
  form.querySelectorAll("input[type=file]").forEach(input => data.delete(input.name));
  // A tick that takes a file out waits for the button, too: it cannot be taken back here.
  for (const name of [...data.keys()]) if (name.startsWith("x|")) data.delete(name);
  data.set("action", "autosave");
  const done = storing(form);
  try {
    // A page that is being left is not waited for.
    const keepalive = document.visibilityState === "hidden";
    const response = await fetch(`${addressOf(form).pathname}?who=${document.body.dataset.reader}`, { method: "POST", body: data, redirect: "error", keepalive });
    // Only the answer of the save itself counts: neither a page to sign in on nor anybody else's page.
    if (response.status === 401) throw new Error("ended");
    if (response.status === 409) throw new Error("changed");
    if (response.status < 500 && !response.ok) throw new Error("refused");
    if (!response.ok) throw new Error("unsaved");
    const { revision, stopped } = await response.json();
    form.elements.revision.value = revision;
    mark(stopped);
    done();
    hold(form);
    state.textContent = stopped.length ? form.dataset.partly : form.dataset.saved;
  } catch (error) {
    dirty = true;
    hold(form);
    state.textContent = form.dataset[error.message] ?? form.dataset.unsaved;
    if (error.message === "ended") signIn();
  } finally {
    saving = false;
  }
}

function signIn() {
  const link = document.createElement("a");
  link.href = `/sign-in?back=${encodeURIComponent(addressOf(form).pathname)}`;
  link.textContent = form.dataset.signIn;
  state.append(" ", link);
}

// What came back into the form from this browser is stored at once.
if (dirty && form.dataset.again === undefined) save();
setInterval(save, EVERY);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
window.addEventListener("online", save);
