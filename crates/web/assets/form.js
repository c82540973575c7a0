// Keeps in this browser what was typed and is stored nowhere else yet, so that a lost line, an ended session or a tap on a link
// loses nothing. A copy holds the fields that were changed, each with what stood there before; it is kept under the account that
// typed it, shown to no other, and gone once it is sent, refused as pointing to a person, two days old, or signed out. It goes back
// into a form by itself only where the form still says what it said then; otherwise it is offered. Everything works without this file.
const MARK = document.body.dataset.reader ?? "";
const PREFIX = "typed:";
const DAYS = 2;
const SKIPPED = ["password", "file", "hidden", "submit", "button"];
// What a form was opened at. It is the page's own and never comes from a copy.
const OPENED_AT = ["_seen", "version", "revision"];
const words = document.body.dataset;

/** Where a form goes. A button of the name “action” hides the property of the form. */
export function addressOf(form) {
  return new URL(form.getAttribute("action"), location.href);
}

function keyOf(form) {
  const path = addressOf(form).pathname;
  const own = [...form.querySelectorAll("input[type=hidden]")].filter(input => ["act", "element", "_id", "_part"].includes(input.name));
  return `${PREFIX}${MARK}:${path}:${own.map(input => `${input.name}=${input.value}`).join("&")}`;
}

function openedAt(form) {
  return OPENED_AT.map(name => form.querySelector(`input[type=hidden][name=${name}]`)?.value ?? "").join(".");
}

/** The fields that somebody fills, each with its number among those of its name. */
function fields(form) {
  const counts = {};
  const filled = [...form.elements].filter(field => field.name && !SKIPPED.includes(field.type) && !field.ariaHidden);
  return filled.map(field => ({ field, name: field.name, n: (counts[field.name] = (counts[field.name] ?? -1) + 1) }));
}

const isTick = field => ["checkbox", "radio"].includes(field.type);
const plain = text => text.replace(/\r\n?/g, "\n");

function valueOf(field) {
  if (isTick(field)) return field.checked;
  if (field.multiple && field.options) return [...field.selectedOptions].map(option => option.value).join(";");
  return plain(field.value);
}

/** What the page came with, or what was stored of it since. */
const stored = new WeakMap();
function storedOf(field) {
  if (stored.has(field)) return stored.get(field);
  if (isTick(field)) return field.defaultChecked;
  if (!field.options) return plain(field.defaultValue);
  const chosen = [...field.options].filter(option => option.defaultSelected);
  if (field.multiple) return chosen.map(option => option.value).join(";");
  return (chosen.at(-1) ?? field.options[0])?.value ?? "";
}

/** The fields whose text is stored nowhere. A form that came back unsaved holds nothing that is. */
export function changed(form) {
  const unsaved = form.dataset.again === "";
  return fields(form).filter(({ field }) =>
    unsaved ? valueOf(field) !== "" && valueOf(field) !== false : valueOf(field) !== storedOf(field));
}

/** Takes down what a form holds while it is being stored; call the answer once it is. */
export function storing(form) {
  const sent = fields(form).map(({ field }) => [field, valueOf(field)]);
  return () => {
    for (const [field, value] of sent) stored.set(field, value);
    if (form.dataset.again === "") form.dataset.again = "saved";
  };
}

/** When somebody last typed in a form. */
const typedAt = new WeakMap();

/** The copies of a form that wait for a word of their author. */
const offers = new WeakMap();

/** Those that are kept; what an older program kept is about fields nobody knows, so it is offered. */
function copiesOf(form) {
  let kept;
  try { kept = JSON.parse(localStorage.getItem(keyOf(form)) ?? "[]"); } catch { return []; }
  if (Array.isArray(kept)) return kept;
  const counts = {};
  const typed = (kept.typed ?? []).map(([name, value, own]) =>
    ({ name, own, value, n: own === null ? (counts[name] = (counts[name] ?? -1) + 1) : 0, before: null }));
  return [{ at: kept.at, opened: null, typed: typed.filter(one => !OPENED_AT.includes(one.name) && one.value) }];
}

function keep(form, copies) {
  try {
    if (copies.length) localStorage.setItem(keyOf(form), JSON.stringify(copies));
    else localStorage.removeItem(keyOf(form));
  } catch { /* A full or closed store: the page still holds it. */ }
}

/** Keeps what is stored nowhere, but for texts that were stopped. */
export function hold(form) {
  if (!MARK || leaves) return;
  const stopped = field => field.dataset.stopped !== undefined || (field.closest("label") ?? field).nextElementSibling?.matches?.("[data-stopped]");
  const typed = changed(form).filter(({ field }) => !stopped(field)).map(({ field, name, n }) => ({
    name, n, own: isTick(field) ? field.value : null, label: labelOf(field), value: valueOf(field),
    before: form.dataset.again === "" ? null : storedOf(field),
  }));
  const waiting = offers.get(form) ?? [];
  keep(form, typed.length ? [...waiting, { at: typedAt.get(form) ?? Date.now(), opened: openedAt(form), typed }] : waiting);
}

function labelOf(field) {
  const label = field.labels?.[0]?.cloneNode(true);
  label?.querySelectorAll("input, select, textarea, .other, .problem").forEach(part => part.remove());
  const own = field.ariaLabel ?? label?.textContent.trim() ?? "";
  const about = field.closest("fieldset")?.querySelector("legend")?.textContent.trim() ?? "";
  return [about, own].filter(Boolean).join(" – ") || field.name;
}

function find(form, { name, n, own }) {
  return fields(form).find(one => one.name === name && (own === null ? one.n === n : one.field.value === own))?.field;
}

function put(form, typed) {
  for (const one of typed) {
    const field = find(form, one);
    if (!field) continue;
    if (isTick(field)) field.checked = one.value;
    else if (field.multiple && field.options) for (const option of field.options) option.selected = one.value.split(";").includes(option.value);
    else field.value = one.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    for (let around = field.closest("details"); around; around = around.parentElement?.closest("details")) around.open = true;
  }
}

const when = at => new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }).format(at);

function say(form, sentence) {
  const notice = document.createElement("div");
  notice.className = "notice kept";
  notice.setAttribute("role", "status");
  const told = notice.appendChild(document.createElement("p"));
  told.textContent = sentence;
  form.prepend(notice);
  return notice;
}

function shown(field, value) {
  if (typeof value === "boolean") return value ? "✓" : "–";
  const option = field?.options && [...field.options].find(option => option.value === value);
  return option?.textContent.trim() || value || "–";
}

function button(form, label, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "quiet";
  made.textContent = label;
  made.addEventListener("click", press);
  return made;
}

/** Shows what was typed on something else, and asks. */
function offer(form, copy) {
  const notice = say(form, words.offered.replace("{date}", when(copy.at)));
  const list = notice.appendChild(document.createElement("ul"));
  for (const one of copy.typed) {
    const field = find(form, one);
    const line = list.appendChild(document.createElement("li"));
    line.textContent = `${one.label ?? (field ? labelOf(field) : one.name)}: ${shown(field, one.value)}`;
    if (field) line.append(` (${words.now} ${shown(field, valueOf(field))})`);
  }
  const done = (given) => {
    offers.set(form, offers.get(form).filter(other => other !== copy));
    notice.remove();
    if (given) put(form, copy.typed);
    hold(form);
  };
  notice.append(button(form, words.putIn, () => done(true)), " ", button(form, words.drop, () => done(false)));
}

/** Puts back what was kept where the form says what it said then, and offers the rest. */
function restore(form) {
  if (!MARK) return;
  const differs = one => { const field = find(form, one); return !field || valueOf(field) !== one.value; };
  const copies = copiesOf(form).map(copy => ({ ...copy, typed: copy.typed.filter(differs) })).filter(copy => copy.typed.length);
  const fits = copy => form.dataset.again === undefined && copy.opened === openedAt(form)
    && copy.typed.every(one => { const field = find(form, one); return field && one.before !== null && storedOf(field) === one.before; });
  const back = copies.filter(copy => !copy.offered && fits(copy));
  // What came back with the page itself has had its use; what waits for a word goes on waiting.
  const waiting = copies.filter(copy => !back.includes(copy) && (copy.offered || form.dataset.again === undefined));
  offers.set(form, waiting.map(copy => Object.assign(copy, { offered: true })));
  for (const copy of waiting) offer(form, copy);
  for (const copy of back) {
    put(form, copy.typed);
    typedAt.set(form, copy.at);
    say(form, words.restored.replace("{date}", when(copy.at)));
  }
  hold(form);
}

function each(of) {
  try {
    for (const key of Object.keys(localStorage).filter(key => key.startsWith(PREFIX))) of(key);
  } catch { /* There is none. */ }
}

let leaves = false;
each(key => {
  let kept = [];
  try { kept = [JSON.parse(localStorage.getItem(key))].flat(); } catch { /* Nobody can read it. */ }
  const fresh = kept.filter(copy => Date.now() - copy?.at < DAYS * 86_400_000);
  if (!fresh.length) localStorage.removeItem(key);
});
const forms = [...document.querySelectorAll("main form[method=post]")];
// A form that came back has the address of what it was sent to, or of the sign-in: loading it anew would send that again.
const again = forms.find(form => form.hasAttribute("data-again"));
const from = again && addressOf(again).searchParams.get("from");
if (from?.startsWith("/") && !from.startsWith("//")) history.replaceState(null, "", from);
// What was sent and answered is not to come back: the server says which by the path it was sent to.
const sent = document.cookie.split("; ").find(pair => pair.startsWith("sent="))?.slice(5);
if (sent) {
  document.cookie = "sent=; Path=/; Max-Age=0; SameSite=Lax";
  const path = decodeURIComponent(sent);
  each(key => {
    if (!key.startsWith(`${PREFIX}${MARK}:${path}:`)) return;
    const waiting = [JSON.parse(localStorage.getItem(key))].flat().filter(copy => copy.offered);
    if (waiting.length) localStorage.setItem(key, JSON.stringify(waiting));
    else localStorage.removeItem(key);
  });
}
// Whoever goes back to a form finds it filled by the browser. Sent again it has the name under which it was sent first, so
// that nothing is done twice.
const returned = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
function once(form) {
  const key = `once:${location.pathname}:${addressOf(form).pathname}`;
  const address = addressOf(form);
  if (!address.searchParams.has("once") || !fields(form).length) return;
  try {
    const first = returned && sessionStorage.getItem(key);
    if (first) {
      address.searchParams.set("once", first);
      form.setAttribute("action", address.pathname + address.search);
    }
    form.addEventListener("submit", () => sessionStorage.setItem(key, addressOf(form).searchParams.get("once")));
  } catch { /* There is no place to keep it. */ }
}
for (const form of forms) {
  restore(form);
  once(form);
  form.addEventListener("input", event => { if (event.isTrusted) typedAt.set(form, Date.now()); });
  form.addEventListener("submit", () => hold(form));
}
// Whoever goes on to another page, or to another program, has not lost what was typed a moment ago.
const holdAll = () => { for (const form of forms) hold(form); };
window.addEventListener("pagehide", holdAll);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") holdAll(); });
// A page that the browser had put aside says what was true then. One that answers what was sent is not asked for again.
window.addEventListener("pageshow", event => {
  if (event.persisted && !new URLSearchParams(location.search).has("once")) location.reload();
});
// Whoever leaves takes everything along.
document.querySelector("form[action='/sign-out']")?.addEventListener("submit", () => {
  leaves = true;
  each(key => { if (key.startsWith(`${PREFIX}${MARK}:`)) localStorage.removeItem(key); });
});
