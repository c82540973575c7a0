// The return form, made kinder: sums while typing, and the draft saved by itself. The form works without this file.
const form = document.querySelector("form.return");
const state = form.querySelector("[data-state]");
const EVERY = 15_000;

// Numbers as the server reads them; what is not clearly a number counts as empty here and is explained on saving.
function read(text) {
  const khmer = /[០-៩]/.test(text);
  let plain = text.replace(/[\s\u200b]/g, "").replace(/[០-៩]/g, digit => String(digit.charCodeAt(0) - 0x17e0));
  plain = khmer ? plain.replace(/\./g, "").replace(",", ".") : plain.replace(/,/g, "");
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
}

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

let dirty = false;
form.addEventListener("input", event => {
  dirty = true;
  state.textContent = "";
  const table = event.target.closest("table.grid");
  if (table) addUp(table);
});

// Files go along only when a person presses a button: a draft is saved often, a phone's line is slow.
async function save() {
  if (!dirty) return;
  dirty = false;
  const data = new FormData(form);
  form.querySelectorAll("input[type=file]").forEach(input => data.delete(input.name));
  data.set("action", "autosave");
  try {
    const response = await fetch(location.pathname, { method: "POST", body: data });
    if (!response.ok) throw new Error(String(response.status));
    form.elements.revision.value = await response.text();
    state.textContent = form.dataset.saved;
  } catch {
    dirty = true;
    state.textContent = form.dataset.unsaved;
  }
}
setInterval(save, EVERY);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
