// The main job in a browser: a return is filled, mended, sent, verified twice, counts at once, and the report comes home.
// node .ci/loop.mjs http://127.0.0.1:8123
//
// The loop runs with JavaScript switched off: it must work for everybody. What the script adds is tried at the end.

import assert from "node:assert/strict";
import { launch, signIn } from "./chromium.mjs";

const base = process.argv[2]?.replace(/\/$/, "");
const PHONE = { viewport: { width: 360, height: 740 }, locale: "en-GB" };
let passed = 0;

async function step(what, work) {
  try {
    const result = await work();
    passed += 1;
    return result;
  } catch (error) {
    console.log(`FAIL ${what}: ${error.message}`);
    console.log(`${passed} passed, 1 failed`);
    process.exit(1);
  }
}

async function as(browser, login, options = {}) {
  const context = await browser.newContext({ ...PHONE, javaScriptEnabled: false, ...options });
  const page = await context.newPage();
  await signIn(page, base, login);
  return page;
}

/** Every cell filled with something that can hold, every remark given. */
async function fill(page) {
  for (const input of await page.locator("form.return input[inputmode=decimal]").all()) {
    const name = await input.getAttribute("name");
    await input.fill(name.startsWith("b|") ? "១០" : name.startsWith("t|") ? "" : "1");
  }
  for (const remark of await page.locator("form.return textarea").all()) await remark.fill("checked");
}

async function value(page, indicator) {
  await page.goto(`${base}/indicators/${indicator}`);
  return page.locator("table").first().locator("tbody tr").first().innerText();
}

const browser = await launch();
const reporter = await as(browser, "province");
const due = await step("the home page names what is due", async () => {
  const link = reporter.locator("main a[href^='/returns/province-quarter.']").first();
  return link.getAttribute("href");
});
const secretariat = await as(browser, "secretariat");
const before = await value(secretariat, "RAR-04");

await step("a mistake is named and what was typed stays", async () => {
  await reporter.goto(base + due);
  await fill(reporter);
  const first = reporter.locator("table.grid input").first();
  await first.fill("12 people");
  await reporter.click("button[value=submit]");
  const alerts = (await reporter.locator("[role=alert]").allInnerTexts()).join("\n");
  assert.match(alerts, /12 people/);
  assert.equal(await first.inputValue(), "12 people");
});
await step("the draft is there on another day", async () => {
  await reporter.goto(base + due);
  assert.equal(await reporter.locator("table.grid input").first().inputValue(), "12 people");
});
await step("an evidence file that is not what its name says is refused in one sentence", async () => {
  const evidence = reporter.locator("input[type=file]").first();
  await evidence.setInputFiles({ name: "minutes.pdf", mimeType: "application/pdf", buffer: Buffer.from("MZ program") });
  await reporter.click("button[value=save]");
  assert.match(await reporter.locator("main").innerText(), /minutes\.pdf.*not what its name says/);
});
await step("a remark that names a person stays on the page only, and the rest is kept", async () => {
  await reporter.goto(base + due);
  const remark = reporter.locator("form.return textarea").first();
  await remark.fill("a girl named Sreymom");
  await reporter.click("button[value=save]");
  assert.equal(await remark.inputValue(), "a girl named Sreymom");
  assert.match(await reporter.locator("[data-stopped]").first().innerText(), /person's name/);
  await reporter.goto(base + due);
  assert.notEqual(await reporter.locator("form.return textarea").first().inputValue(), "a girl named Sreymom");
});
await step("evidence that was chosen before saving is there another day, and goes again", async () => {
  await reporter.goto(base + due);
  const paper = { name: "draft.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7 draft") };
  await reporter.locator("input[type=file]").first().setInputFiles(paper);
  await reporter.click("button[value=save]");
  await reporter.goto(base + due);
  assert.equal(await reporter.locator("ul.files a").first().innerText(), "draft.pdf");
  await reporter.locator("ul.files input[type=checkbox]").first().check();
  await reporter.click("button[value=save]");
  assert.equal(await reporter.locator("ul.files a").count(), 0);
});
await step("a form whose session has ended comes back behind the sign-in", async () => {
  const page = await as(browser, "secretariat");
  await page.goto(`${base}/bodies/C03`);
  const form = page.locator("form[action^='/bodies/C03/propose']");
  await page.locator("details", { has: form }).locator("summary").first().click();
  await form.locator("input[name=title]").fill("Shelters in every district");
  await page.context().clearCookies();
  await form.locator("button").click();
  await page.fill("main form input[name=login]", "secretariat");
  await page.fill("main form input[name=password]", "romduol-demo");
  await page.locator("main form button").first().click();
  assert.equal(await form.locator("input[name=title]").inputValue(), "Shelters in every district");
  const before = await page.locator("text=Shelters in every district").count();
  await form.locator("button").click();
  assert.equal(before, 0);
  assert.equal(await page.locator("text=Shelters in every district").count() > 0, true);
});
await step("once mended it is sent", async () => {
  await reporter.goto(base + due);
  await reporter.locator("table.grid input").first().fill("១");
  const evidence = reporter.locator("input[type=file]").first();
  await evidence.setInputFiles({ name: "minutes.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7 minutes") });
  await reporter.click("button[value=submit]");
  assert.equal(new URL(reporter.url()).pathname, "/", (await reporter.locator("[role=alert]").allInnerTexts()).join("\n"));
});

const id = due.replace("/returns/", "").replace("/", ".");
for (const login of ["governor", "secretariat"]) {
  const verifier = login === "secretariat" ? secretariat : await as(browser, login);
  await step(`${login} finds it waiting, reads the evidence and passes it on`, async () => {
    await verifier.goto(base);
    await verifier.click(`a[href='/review/${id}']`);
    const file = await verifier.locator("a[download]").first().getAttribute("href");
    const answer = await verifier.context().request.get(base + file);
    assert.equal(await answer.text(), "%PDF-1.7 minutes");
    assert.match(answer.headers()["content-disposition"], /^attachment/);
    await verifier.click("button[value=pass]");
    assert.equal(new URL(verifier.url()).pathname, "/");
  });
}
await step("the indicator counts it at once", async () => {
  assert.notEqual(await value(secretariat, "RAR-04"), before);
});
await step("the report comes home in both languages", async () => {
  for (const lang of ["en", "km"]) {
    await secretariat.goto(`${base}/lang/${lang}`);
    const answer = await secretariat.context().request.get(`${base}/report/2026/pdf`);
    assert.equal((await answer.body()).subarray(0, 5).toString(), "%PDF-");
  }
});

await step("with a script the cells add up while typing, and the draft saves itself", async () => {
  const page = await as(browser, "province", { javaScriptEnabled: true });
  await page.goto(base + due);
  const inputs = page.locator("table.grid").first().locator("input");
  await inputs.nth(0).fill("១.២០០");
  await inputs.nth(1).fill("34");
  assert.equal(await page.locator("table.grid output").first().innerText(), "1,234");
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden" });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await page.waitForFunction(() => document.querySelector("[data-state]").textContent !== "");
  await page.goto(base + due);
  assert.equal(await inputs.nth(0).inputValue(), "១.២០០");
});
await step("with a script an ended session is told while typing, and what was typed comes back", async () => {
  const page = await as(browser, "province", { javaScriptEnabled: true });
  await page.goto(base + due);
  const input = page.locator("table.grid input").nth(2);
  await input.fill("77");
  await page.context().clearCookies();
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden" });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await page.waitForFunction(() => document.querySelector("[data-state] a") !== null);
  assert.match(await page.locator("[data-state]").innerText(), /session has ended/);
  assert.equal(await input.inputValue(), "77");
  await signIn(page, base, "province");
  await page.goto(base + due);
  assert.equal(await page.locator("table.grid input").nth(2).inputValue(), "77");
});
await step("a double click is one proposal", async () => {
  const page = await as(browser, "secretariat", { javaScriptEnabled: true });
  await page.goto(`${base}/bodies/C03`);
  const form = page.locator("form[action^='/bodies/C03/propose']");
  await page.locator("details", { has: form }).locator("summary").first().click();
  await form.locator("input[name=title]").fill("Lamps on the road to the well");
  await form.locator("button").dblclick();
  const told = one => one.locator("main li", { hasText: "Lamps on the road to the well" });
  await told(page).first().waitFor();
  await page.waitForLoadState("networkidle");
  // Seen by somebody else: the two clicks may still be leading this page on.
  const other = await as(browser, "secretariat");
  await other.goto(`${base}/bodies/C03`);
  assert.equal(await told(other).count(), 1);
});
await step("two people at one return see both versions", async () => {
  const [one, two] = [await as(browser, "province"), await as(browser, "province")];
  for (const page of [one, two]) await page.goto(base + due);
  await one.locator("table.grid input").nth(1).fill("35");
  await one.click("button[value=save]");
  await two.locator("table.grid input").nth(1).fill("36");
  await two.click("button[value=save]");
  assert.equal(await two.locator("table.grid input").nth(1).inputValue(), "36");
  assert.match(await two.locator(".other").first().innerText(), /35/);
});
await browser.close();
console.log(`${passed} passed, 0 failed`);
