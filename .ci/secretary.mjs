// A secretary enters a meeting with ten decisions, on a desk and without JavaScript: how many clicks, fields and seconds it
// takes until each owner has the task on the list of what is open.
// node .ci/secretary.mjs http://127.0.0.1:8123

import assert from "node:assert/strict";
import { launch, signIn } from "./chromium.mjs";

const base = process.argv[2]?.replace(/\/$/, "");
const OWNERS = ["MOI", "MOWA", "MOND", "MOH", "MOEYS", "MOJ", "MEF", "MOINF", "MOE", "NCDM"];
const browser = await launch();
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, javaScriptEnabled: false });
const page = await context.newPage();
await signIn(page, base, "secretariat");
await page.goto(`${base}/bodies/C04`);

let clicks = 0;
let fields = 0;
const began = performance.now();
async function click(locator) {
  clicks += 1;
  await locator.click();
}
async function fill(locator, value) {
  fields += 1;
  if ((await locator.evaluate(element => element.tagName)) === "SELECT") await locator.selectOption(value);
  else await locator.fill(value);
}

await click(page.locator("main a[href^='/new/meetings']"));
await fill(page.locator("[name=id]"), "M-TEN");
await fill(page.locator("[name=title]"), "Technical group, fourth meeting");
await fill(page.locator("[name=date]"), "2026-11-10");
await fill(page.locator("[name=state]"), "held");
await fill(page.locator("[name=_why]"), "held");
await click(page.locator("main form button").last());
await page.goto(`${base}/meetings/M-TEN`);
clicks += 1; // the link to the meeting
for (const [n, owner] of OWNERS.entries()) {
  await fill(page.locator(`[name='title.${n}']`), `Decision ${n + 1}: send the numbers of the third quarter`);
  await fill(page.locator(`[name='owner.${n}']`), owner);
  await fill(page.locator(`[name='due.${n}']`), "2026-12-01");
}
await click(page.locator("form[action^='/meetings/M-TEN?'] button").last());
const seconds = (performance.now() - began) / 1000;

for (const owner of OWNERS) {
  await page.goto(`${base}/handover/${owner}`);
  assert.match(await page.locator("main").innerText(), /M-TEN|send the numbers of the third quarter/, `${owner} has its task`);
}
console.log(`ten decisions are ten tasks: ${clicks} clicks, ${fields} fields, ${seconds.toFixed(1)} s of pages and typing by machine`);
await browser.close();
