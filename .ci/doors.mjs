// Getting in, with a real browser, a real identity provider and a key that Chromium keeps: the first administrator sets up
// a second proof and a key, invites somebody, who joins by link and comes back through the provider.
// node .ci/doors.mjs target/debug/romduol       SHOTS=folder keeps a picture of every page

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Provider from "oidc-provider";
import { launch } from "./chromium.mjs";

const program = process.argv[2];
const base = "http://localhost:8124";
const issuer = "http://localhost:8125";
const shots = process.env.SHOTS;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
if (shots) mkdirSync(shots, { recursive: true });
let passed = 0;

/** RFC 6238, as a phone computes it. */
function code(secret, ahead = 0) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map(letter => letters.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map(byte => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const hash = createHmac("sha1", key).update(counter).digest();
  const at = hash[19] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

async function step(what, work) {
  const result = await work();
  passed += 1;
  console.log(`ok ${what}`);
  return result;
}

/** The page is readable for everybody, in both languages and on a phone. */
async function look(page, name) {
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 360, `${name} is ${width} px wide`);
  await page.evaluate(axe);
  const faults = await page.evaluate(async () => (await window.axe.run(document, { preload: false })).violations
    .map(({ id, help, nodes }) => `${id}: ${help}, first ${nodes[0].target.join(" ")}`));
  assert.deepEqual(faults, [], name);
  if (shots) await page.screenshot({ path: join(shots, `door-${name}.png`), fullPage: true });
}

/** The provider knows everybody by what they type; some have an address that it has verified. */
function identityProvider() {
  const provider = new Provider(issuer, {
    clients: [{ client_id: "romduol", client_secret: "s".repeat(40), redirect_uris: [`${base}/sso/back`] }],
    claims: { email: ["email", "email_verified"] },
    conformIdTokenClaims: false,
    cookies: { keys: ["test"] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@example.org`, email_verified: id !== "unverified" }),
    }),
  });
  return new Promise(resolve => { const server = provider.listen(8125, () => resolve(server)); });
}

async function throughProvider(page, name) {
  await page.goto(`${base}/sign-in`);
  await page.click("a[href='/sso']");
  if (await page.locator("input[name=login]").count()) {
    await page.fill("input[name=login]", name);
    await page.fill("input[name=password]", "anything");
    await page.click("button[type=submit]");
  }
  if (page.url().startsWith(issuer)) await page.click("button[type=submit]");
  await page.waitForURL(url => url.origin === base);
}

async function signIn(page, login, password) {
  await page.goto(`${base}/sign-in`);
  await page.fill("input[name=login]", login);
  await page.fill("input[name=password]", password);
  await page.press("input[name=password]", "Enter");
  await page.waitForURL(url => url.pathname !== "/sign-in");
}

const data = mkdtempSync(join(tmpdir(), "romduol-doors-"));
const run = (args, input) => execFileSync(program, args, { input, stdio: ["pipe", "ignore", "inherit"] });
run(["init", "--data", join(data, "plan"), "--plan", "plans/cambodia-wps"]);
run(["user", "add", "--data", join(data, "plan"), "chief", "--role", "administrator"], "seven lotus ponds at dawn");
const server = spawn(program, ["serve", "--data", join(data, "plan"), "--port", "8124", "--address", base,
  "--sso-issuer", issuer, "--sso-client", "romduol", "--sso-name", "MoWA ID"],
  { stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, ROMDUOL_SSO_SECRET: "s".repeat(40) } });
const idp = await identityProvider();
const browser = await launch();
try {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await fetch(`${base}/healthz`).then(answer => answer.ok, () => false)) break;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  const options = { viewport: { width: 360, height: 740 }, locale: "en-GB" };
  const admin = await (await browser.newContext(options)).newPage();
  const blocked = [];
  admin.on("console", message => { if (message.type() === "error") blocked.push(message.text()); });
  const devtools = await admin.context().newCDPSession(admin);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", { options: {
    protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true } });

  const secret = await step("an administrator sets up an app before anything else", async () => {
    await signIn(admin, "chief", "seven lotus ponds at dawn");
    assert.equal(new URL(admin.url()).pathname, "/account");
    await look(admin, "account-wanted");
    await admin.goto(`${base}/accounts`);
    assert.equal(new URL(admin.url()).pathname, "/account");
    await admin.click("form[action^='/account/app?'] button");
    await look(admin, "second-app");
    const shown = await admin.innerText("span.secret");
    await admin.fill("input[name=code]", code(shown));
    await admin.click("main form button");
    assert.equal(await admin.locator("li.secret").count(), 10);
    await look(admin, "codes");
    return shown;
  });

  await step("a key is made and opens the door", async () => {
    await admin.goto(`${base}/account`);
    await admin.click("form[action^='/account/key?'] button");
    await admin.fill("input[name=name]", "my phone");
    await look(admin, "second-key");
    await admin.click("form[data-key] button");
    await admin.waitForURL(`${base}/account`);
    assert.ok((await admin.innerText("main")).includes("my phone"));
    await look(admin, "account");
    await admin.click("form[action='/sign-out'] button");
    await signIn(admin, "chief", "seven lotus ponds at dawn");
    assert.equal(new URL(admin.url()).pathname, "/sign-in/second");
    await look(admin, "sign-in-second");
    await admin.click("form[data-key] button");
    await admin.waitForURL(`${base}/`);
  });

  await step("an app's code opens it, too", async () => {
    await admin.click("form[action='/sign-out'] button");
    await signIn(admin, "chief", "seven lotus ponds at dawn");
    await admin.fill("input[name=code]", code(secret, 1));
    await admin.press("input[name=code]", "Enter");
    await admin.waitForURL(`${base}/`);
  });

  const invite = async (login, role) => {
    await admin.goto(`${base}/accounts/new`);
    await admin.fill("input[name=login]", login);
    await admin.fill("input[name=name]", login);
    await admin.fill("input[name=email]", `${login}@example.org`);
    await admin.selectOption("select[name=role]", role);
    await admin.selectOption("select[name=institution]", "MOI");
    await look(admin, "invite");
    await admin.click("main form button");
    await look(admin, "link");
    return admin.innerText("p.secret");
  };
  const guest = await (await browser.newContext(options)).newPage();
  await step("an invited person chooses a password by the link and reports", async () => {
    await guest.goto(await invite("sokha", "reporter"));
    await look(guest, "join");
    for (const name of ["new", "again"]) await guest.fill(`input[name=${name}]`, "a lotus on seven ponds");
    await guest.click("main form button");
    await signIn(guest, "sokha", "a lotus on seven ponds");
    assert.equal(new URL(guest.url()).pathname, "/");
  });

  await step("the provider takes the place of the password", async () => {
    await invite("dara", "reporter");
    const page = await (await browser.newContext(options)).newPage();
    await throughProvider(page, "dara");
    assert.equal(new URL(page.url()).pathname, "/");
    assert.ok((await page.innerText("header")).includes("dara"));
  });

  await step("who has no account here, or no verified address, stays outside", async () => {
    await invite("unverified", "reporter");
    for (const name of ["stranger", "unverified"]) {
      const page = await (await browser.newContext(options)).newPage();
      await throughProvider(page, name);
      assert.ok((await page.innerText("main")).includes("nobody has given you an account"), name);
      await page.goto(`${base}/scorecard`);
      assert.equal(new URL(page.url()).pathname, "/sign-in");
    }
  });

  await step("what comes back forged, twice or to somebody else opens nothing", async () => {
    const page = await (await browser.newContext(options)).newPage();
    await throughProvider(page, "dara");
    // The provider knows the browser by now and sends it straight back: the answer is caught before it arrives.
    const next = async url => (await page.context().request.get(url, { maxRedirects: 0 })).headers().location;
    const back = await next(await next(`${base}/sso`));
    assert.ok(back?.includes("code="), back);
    const thief = await (await browser.newContext(options)).newPage();
    const open = async (who, url) => (await who.context().request.get(url, { maxRedirects: 0 })).status();
    assert.equal(await open(thief, back), 422);
    assert.equal(await open(page, back.replace(/state=[^&]+/, "state=forged")), 422);
    assert.equal(await open(page, back), 422, "a forged answer uses the ticket up");
    const good = await next(await next(`${base}/sso`));
    assert.equal(await open(page, good), 303);
    assert.equal(await open(page, good), 422, "twice");
  });

  await step("the provider's person still shows the second proof that was set up here", async () => {
    const link = await invite("vann", "verifier");
    const page = await (await browser.newContext(options)).newPage();
    await throughProvider(page, "vann");
    assert.equal(new URL(page.url()).pathname, "/account", link);
    await page.click("form[action^='/account/app?'] button");
    const shown = await page.innerText("span.secret");
    await page.fill("input[name=code]", code(shown));
    await page.click("main form button");
    await page.click("form[action='/sign-out'] button");
    await throughProvider(page, "vann");
    assert.equal(new URL(page.url()).pathname, "/sign-in/second");
    await page.fill("input[name=code]", code(shown, 1));
    await page.press("input[name=code]", "Enter");
    await page.waitForURL(`${base}/`);
  });

  await step("the trail has it all, in Khmer as well", async () => {
    await admin.goto(`${base}/trail`);
    assert.ok(await admin.locator("tbody tr").count() > 10);
    await look(admin, "trail");
    await admin.goto(`${base}/lang/km`);
    for (const path of ["account", "accounts", "accounts/new", "trail", "prove"]) {
      await admin.goto(`${base}/${path}`);
      await look(admin, `${path.replace("/", "-")}-km`);
    }
  });
  assert.deepEqual(blocked, [], "nothing was blocked or failed in the browser");
  console.log(`${passed} passed, 0 failed`);
} finally {
  await browser.close();
  idp.close();
  idp.closeAllConnections();
  server.kill();
  rmSync(data, { recursive: true, force: true });
}
