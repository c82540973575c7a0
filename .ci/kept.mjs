// What a browser keeps of a form: it comes back where the form is as it was, is offered where it is not, belongs to its author,
// and is there a moment after it was typed. With a real browser on a phone, against a running demo.
// node .ci/kept.mjs http://127.0.0.1:8123

import assert from "node:assert/strict";
import { launch, signIn } from "./chromium.mjs";

const base = process.argv[2]?.replace(/\/$/, "");
const PHONE = { viewport: { width: 360, height: 740 }, locale: "en-GB" };
let passed = 0;

async function step(what, work) {
  try {
    await work();
    passed += 1;
  } catch (error) {
    console.log(`FAIL ${what}: ${error.message}`);
    console.log(`${passed} passed, 1 failed`);
    process.exit(1);
  }
}

const browser = await launch();
async function as(login, options = {}) {
  const context = await browser.newContext({ ...PHONE, ...options });
  const page = await context.newPage();
  await signIn(page, base, login);
  return page;
}

const copies = page => page.evaluate(() => Object.keys(localStorage).filter(key => key.startsWith("typed:")));
const phone = await as("reporter");
await phone.goto(base);
const due = await phone.locator("main a[href^='/returns/ministry-quarter.']").first().getAttribute("href");
const remark = page => page.locator("form.return textarea").first();

await step("text of a moment ago is there after a tap on the other language", async () => {
  await phone.goto(base + due);
  await remark(phone).fill("typed a moment ago");
  await phone.goto(`${base}/lang/km?back=${encodeURIComponent(due)}`);
  assert.equal(await remark(phone).inputValue(), "typed a moment ago");
  await phone.goto(`${base}/lang/en?back=${encodeURIComponent(due)}`);
  await phone.waitForFunction(() => document.querySelector("[data-state]").textContent !== "" || !document.querySelector(".kept"));
});

await step("what has the focus is covered by nothing", async () => {
  for (const [width, height] of [[360, 740], [360, 400], [1280, 720]]) {
    await phone.setViewportSize({ width, height });
    await phone.goto(base + due);
    await phone.evaluate(() => {
      document.querySelector("[data-state]").textContent = document.querySelector("form.return").dataset.ended;
      document.querySelector(".skip").focus();
    });
    const covered = [];
    for (let n = 0; n < 90; n += 1) {
      await phone.keyboard.press("Tab");
      const found = await phone.evaluate(() => {
        const field = document.activeElement;
        if (field === document.body || field.closest(".actions, .skip")) return null;
        const { left, right, top, bottom } = field.getBoundingClientRect();
        const at = document.elementFromPoint((left + right) / 2, Math.min((top + bottom) / 2, top + 20));
        return at && (field.contains(at) || at.contains(field)) ? null : `${field.name || field.textContent} under ${at?.className}`;
      });
      if (found) covered.push(found);
    }
    assert.deepEqual(covered, [], `${width} × ${height}`);
    const bar = await phone.locator(".actions").evaluate(bar => bar.getBoundingClientRect().height);
    assert.ok(bar <= 140, `the bar is ${bar} px high`);
  }
  await phone.setViewportSize(PHONE.viewport);
});

await step("what was typed before a newer version came in is offered, and not put in", async () => {
  await phone.goto(base + due);
  await phone.context().setOffline(true);
  await remark(phone).fill("typed without a line");
  await phone.evaluate(() => window.dispatchEvent(new Event("pagehide")));
  assert.equal((await copies(phone)).length, 1);
  const desk = await as("reporter", { javaScriptEnabled: false });
  await desk.goto(base + due);
  for (const select of await desk.locator("form.return select").all()) await select.selectOption("missing");
  for (const input of await desk.locator("form.return input[inputmode=decimal]").all()) await input.fill("");
  for (const text of await desk.locator("form.return textarea").all()) await text.fill("sent from the desk");
  await desk.click("button[value=submit]");
  assert.match(await desk.locator("main .notice[role=status]").innerText(), /Sent for verification as version/);
  await desk.goto(base);
  assert.equal(await desk.locator("main .notice[role=status]").count(), 0, "it is said once");
  const id = due.replace("/returns/", "").replace("/", ".");
  for (const login of ["verifier", "secretariat"]) {
    const verifier = await as(login, { javaScriptEnabled: false });
    await verifier.goto(`${base}/review/${id}`);
    if (!await verifier.locator("textarea[name=reason]").count()) continue;
    await verifier.fill("textarea[name=reason]", "look again");
    await verifier.click("button[value=back]");
    break;
  }
  await phone.context().setOffline(false);
  await phone.goto(base + due);
  assert.equal(await remark(phone).inputValue(), "sent from the desk");
  const offer = phone.locator(".kept");
  assert.match(await offer.innerText(), /typed without a line \(kept now: sent from the desk\)/);
  assert.equal(await offer.locator("li").count(), 1, "only what was changed");
  // Nothing is lost by leaving it for later.
  await phone.goto(base);
  await phone.goto(base + due);
  const revision = await phone.locator("input[name=revision]").inputValue();
  await phone.locator(".kept button").first().click();
  assert.equal(await remark(phone).inputValue(), "typed without a line");
  assert.equal(await phone.locator("input[name=revision]").inputValue(), revision);
  await phone.click("button[value=save]");
  assert.match(await phone.locator("main .notice[role=status]").first().innerText(), /draft is saved/);
  assert.equal(await remark(phone).inputValue(), "typed without a line");
  assert.deepEqual(await copies(phone), []);
});

await step("behind “Back” a page says what is true now", async () => {
  await phone.goto(base + due);
  await phone.click("button[value=save]");
  await phone.goto(base);
  await phone.goBack();
  assert.equal(await phone.locator("main .notice[role=status]", { hasText: "draft is saved" }).count(), 0);
});

await step("whoever signs out takes everything along, and whoever comes next sees nothing", async () => {
  await phone.goto(base + due);
  await remark(phone).fill("nobody else's business");
  await phone.evaluate(() => window.dispatchEvent(new Event("pagehide")));
  assert.equal((await copies(phone)).length, 1);
  await phone.click("form[action='/sign-out'] button");
  assert.deepEqual(await copies(phone), []);
});

await step("whoever goes back and sends a form again does nothing twice", async () => {
  const page = await as("secretariat");
  const send = async words => {
    await page.evaluate(() => document.querySelectorAll("details").forEach(part => { part.open = true; }));
    const form = page.locator("form[action*='/propose']");
    if (words) await form.locator("input[name=title]").fill(words);
    if (words) await form.locator("textarea").fill("asked for by the provinces");
    assert.equal(await form.locator("input[name=title]").inputValue(), "A register of trainers");
    await form.locator("button").last().click();
    await page.waitForLoadState();
  };
  await page.goto(`${base}/bodies/C04`);
  await send("A register of trainers");
  await page.goBack();
  await send();
  assert.equal(await page.locator("main", { hasText: "A register of trainers" }).count(), 1);
  const said = await page.locator("main").innerText();
  assert.equal(said.split("A register of trainers").length - 1, 1, said);
});

await step("nothing runs over the side of a phone unseen", async () => {
  const page = await as("secretariat");
  for (const path of ["scorecard", "returns"]) {
    await page.goto(`${base}/${path}`);
    const cut = await page.locator("table.cards td").evaluateAll(cells =>
      cells.filter(cell => cell.getBoundingClientRect().right > innerWidth).length);
    assert.equal(cut, 0, path);
  }
});

await browser.close();
console.log(`${passed} passed, 0 failed`);
