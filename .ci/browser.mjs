// Opens the demo's pages in Chromium as every demo account, in both languages, on a phone and on a desk.
// node .ci/browser.mjs http://127.0.0.1:8123        SHOTS=folder keeps a picture of every page
//
// Axe goes in through page.evaluate, which the page's own CSP does not concern; so the CSP stays in force, and what
// it blocks shows up as a console error.

import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { launch, signIn } from "./chromium.mjs";

const ROLES = ["reporter", "province", "verifier", "governor", "secretariat", "committee", "civil", "admin", "partner"];
const LANGS = ["en", "km"];
const PHONE = 360;
const SIZES = [{ width: PHONE, height: 740 }, { width: 1280, height: 900 }];
// A page, and the accounts that may be refused it with 403.
const PAGES = [
  ["/"],
  ["/scorecard"],
  ["/framework"],
  ["/indicators/PAR-09"],
  ["/pivot"],
  ["/pivot?indicator=PRT-08&rows=place&columns=group-disability&every=quarter"],
  ["/institutions"],
  ["/issues"],
  ["/issues/I3"],
  ["/coherence"],
  ["/commitments"],
  ["/answers/CEDAW-CO-2019"],
  ["/people"],
  ["/consultations/CON-3"],
  ["/voices"],
  ["/readiness"],
  ["/road"],
  ["/versions"],
  ["/versions/DEMO-1"],
  ["/money"],
  ["/money?by=source&currency=USD"],
  ["/money?by=area&year=2027"],
  ["/money/unfunded"],
  ["/money/unfunded?area=KH-11"],
  ["/money/tags"],
  ["/money/note"],
  ["/records/cost_lines"],
  ["/records/occasions/MEF-BSP"],
  ["/search?q=peacekeepers"],
  ["/search?q=%E1%9E%A0%E1%9E%B7%E1%9E%84%E1%9F%92%E1%9E%9F%E1%9E%B6"],
  ["/records/policies"],
  ["/records/gaps/G1.1.1"],
  ["/records/evidence/ST001"],
  ["/bodies"],
  ["/bodies/C04"],
  ["/meetings/DEMO-M1"],
  ["/meetings/DEMO-M2"],
  ["/meetings/DEMO-M2/invitation"],
  ["/owed"],
  ["/year"],
  ["/handover/MOI"],
  ["/ratings"],
  ["/local"],
  ["/local?costs=DEMO-LOCAL-1#costs"],
  ["/consult/DEMO-1"],
  ["/consult-answer?code=0000"],
  ["/new/tasks?cost_line=DEMO-A1.01-2027-2", ["reporter", "province", "verifier", "governor", "committee", "civil", "admin", "partner"]],
  ["/edit/gaps/G1.1.1", ["reporter", "province", "verifier", "governor", "committee", "civil", "admin", "partner"]],
  ["/import/instruments", ["reporter", "province", "verifier", "governor", "committee", "civil", "admin", "partner"]],
  ["/comments", ["reporter", "province", "verifier", "governor", "committee", "civil", "admin", "partner"]],
  ["/account"],
  ["/small-counts", ["reporter", "province", "verifier", "governor", "civil", "admin", "partner"]],
  ["/accounts", ["reporter", "province", "verifier", "governor", "secretariat", "committee", "civil", "partner"]],
  ["/accounts/new", ["reporter", "province", "verifier", "governor", "secretariat", "committee", "civil", "partner"]],
  ["/accounts/demo-civil", ["reporter", "province", "verifier", "governor", "secretariat", "committee", "civil", "partner"]],
  ["/trail", ["reporter", "province", "verifier", "governor", "committee", "civil", "partner"]],
  ["/editions"],
  ["/editions/1", ["reporter", "province", "verifier", "governor", "civil", "admin", "partner"]],
  ["/editions/1/hidden", ["reporter", "province", "verifier", "governor", "committee", "civil", "admin", "partner"]],
  ["/figures"],
  ["/findings", ["reporter", "province", "civil", "admin", "partner"]],
  ["/findings/gaps-unanswered", ["reporter", "province", "civil", "admin", "partner"]],
  ["/returns", ["committee", "civil", "admin", "partner"]],
  ["/returns/province-quarter.KH-12/2026Q3", ["reporter", "verifier", "governor", "secretariat", "committee", "civil", "admin", "partner"]],
];
// Following these changes the session.
const NOT_FOLLOWED = /^\/(lang\/|illustrative\/|sign-out$)/;

const base = process.argv[2]?.replace(/\/$/, "");
if (!base) {
  console.error("usage: node .ci/browser.mjs http://127.0.0.1:8123");
  process.exit(2);
}
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const shots = process.env.SHOTS;
if (shots) mkdirSync(shots, { recursive: true });

let passed = 0;
let failed = 0;

/** One check. `problem` is empty, or a sentence. */
function check(where, problem) {
  if (problem) {
    failed += 1;
    console.log(`FAIL ${where}: ${problem}`);
  } else {
    passed += 1;
  }
}

/** Collects what the browser complains about until `take` is called. */
function complaints(page) {
  let list = [];
  page.on("pageerror", error => list.push({ text: String(error), url: page.url() }));
  page.on("console", message => {
    if (message.type() === "error") list.push({ text: message.text(), url: message.location().url });
  });
  return { clear: () => { list = []; }, take: () => list.splice(0) };
}

/** Which elements stick out, for whoever has to mend it. */
function overflow(width) {
  const root = document.documentElement;
  if (root.scrollWidth <= width) return "";
  const out = [...document.body.querySelectorAll("*")]
    .filter(element => {
      const { left, right } = element.getBoundingClientRect();
      const spills = getComputedStyle(element).overflowX === "visible" && left + element.scrollWidth > width + 0.5;
      return right > width + 0.5 || spills;
    })
    .reverse() // the innermost first
    .slice(0, 4)
    .map(element => element.tagName.toLowerCase() + (element.classList.length ? "." + [...element.classList].join(".") : ""));
  return `${root.scrollWidth} px wide on a screen of ${width}; sticking out: ${out.join(", ") || "nothing found"}`;
}

async function inspect(page, heard, who, lang, size, path, mayRefuse) {
  const where = `${who} ${lang} ${size.width} ${path}`;
  heard.clear();
  const response = await page.goto(base + path, { waitUntil: "load" });
  const status = response?.status() ?? 0;
  const refused = status === 403 && mayRefuse;
  check(`${where} status`, status >= 200 && (status < 400 || refused) ? "" : `HTTP ${status}`);

  const spoken = await page.evaluate(() => document.documentElement.lang);
  check(`${where} language`, spoken.split("-")[0] === lang ? "" : `the page says lang="${spoken}"`);

  if (size.width === PHONE) check(`${where} width`, await page.evaluate(overflow, PHONE));

  // Chromium reports the refused page itself as a resource that failed to load.
  const errors = heard.take().filter(({ text, url }) => !(refused && text.includes("403") && url === page.url()));
  check(`${where} console`, [...new Set(errors.map(({ text, url }) => `${text} (${url})`))].join(" | "));

  await page.evaluate(axe);
  const violations = await page.evaluate(async () => (await window.axe.run(document, { preload: false })).violations
    .map(({ id, help, nodes }) => `${id}: ${help}, ${nodes.length} times, first ${nodes[0].target.join(" ")}`));
  check(`${where} axe`, violations.join(" | "));

  if (shots) {
    const name = [who, lang, size.width, path.replaceAll("/", "-").replace(/^-/, "") || "home"].join("_");
    await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
  }
  const hrefs = await page.evaluate(() => [...document.querySelectorAll("a, area")]
    .map(element => element.getAttribute("href"))
    .filter(href => href !== null)
    .map(href => { try { return new URL(href, location.href).href; } catch { return `bad:${href}`; } }));
  return { from: path, hrefs };
}

/** Notes the links of a page that lead to this site, without fragment, with the first page they were seen on. */
function note(links, { from, hrefs }) {
  for (const href of hrefs) {
    const url = new URL(href);
    if (url.protocol === "bad:") links.set(href, from);
    if (url.origin !== base) continue;
    url.hash = "";
    // A refusal stands inside the frame, whose link past the menu leads to where one is.
    if (`${url.pathname}${url.search}` === from) continue;
    if (NOT_FOLLOWED.test(url.pathname) || links.has(url.href)) continue;
    // Links that differ only in their id lead to one kind of page: a few of each kind show whether it opens.
    const kind = url.pathname.split("/").slice(1, 3).join("/").replace(/^(?!history\/)([^/]+)\/.*/, "$1");
    const alike = [...links.keys()].filter(href => new URL(href).pathname.slice(1).startsWith(kind)).length;
    if (alike < 8) links.set(url.href, from);
  }
}

/** What is linked for an account must open for it. */
async function follow(context, who, links) {
  for (const [href, from] of links) {
    let problem = "";
    try {
      const response = await context.request.get(href, { timeout: 60_000 });
      if (response.status() >= 400) problem = `HTTP ${response.status()}`;
      await response.dispose();
    } catch (error) {
      problem = error.message.split("\n")[0];
    }
    check(`${who} link ${href.replace(base, "")} on ${from}`, problem);
  }
}

/** All pages for one account; `null` is somebody who has not signed in. */
async function visit(browser, login) {
  const who = login ?? "guest";
  const context = await browser.newContext({ locale: "en-GB" });
  try {
    const page = await context.newPage();
    const heard = complaints(page);
    if (login) {
      await signIn(page, base, login);
      check(`${who} sign-in`, "");
    }
    const pages = login ? PAGES : [["/sign-in"], ["/consult"], ["/consult/DEMO-1"], ["/consult-answer?code=0000"]];
    const links = new Map();
    for (const lang of LANGS) {
      await page.goto(`${base}/lang/${lang}`);
      for (const size of SIZES) {
        // The secretariat sees every combination; the others take turns with Khmer on a phone and English on a desk.
        const turn = ROLES.indexOf(login) % 2 === 0;
        const usual = (lang === "km") === (size.width === PHONE) && (lang === "km") === turn;
        if (login && !usual && login !== "secretariat") continue;
        await page.setViewportSize(size);
        for (const [path, refusable = []] of pages) {
          try {
            note(links, await inspect(page, heard, who, lang, size, path, refusable.includes(who)));
          } catch (error) {
            check(`${who} ${lang} ${size.width} ${path}`, error.message.split("\n")[0]);
          }
        }
      }
    }
    await follow(context, who, links);
  } catch (error) {
    check(who, error.message.split("\n")[0]);
  } finally {
    await context.close();
  }
}

/** The public site of the newest edition: every page opens, and some of each kind are looked at closely. */
async function visitPublic(browser) {
  const context = await browser.newContext({ locale: "en-GB" });
  try {
    // The demo's edition comes out some seconds after the demo is ready.
    for (let tries = 0; tries < 90; tries += 1) {
      if ((await context.request.get(`${base}/public/index.html`)).ok()) break;
      await new Promise(resolve => setTimeout(resolve, 1000));
    }
    const page = await context.newPage();
    const heard = complaints(page);
    const looked = ["index", "framework", "indicators", "money", "commitments", "decisions", "late-reports", "method",
      "downloads", "accessibility", "indicators/PAR-09", "indicators/PRT-06", "indicators/PRT-01"];
    const found = new Map();
    for (const lang of LANGS) {
      for (const size of SIZES) {
        await page.setViewportSize(size);
        for (const name of looked) {
          const path = `/public/${lang}/${name}.html`;
          const { from, hrefs } = await inspect(page, heard, "public", lang, size, path, false);
          for (const href of hrefs) if (href.startsWith(base)) found.set(href.replace(/#.*/, ""), from);
        }
      }
    }
    const inside = [...found].filter(([href]) => !new URL(href).pathname.startsWith("/public/"));
    check("public links stay inside", inside.map(([href, from]) => `${href} on ${from}`).join(" | "));
    await follow(context, "public", found);
  } catch (error) {
    check("public", error.message.split("\n")[0]);
  } finally {
    await context.close();
  }
}

const browser = await launch();
try {
  await visitPublic(browser);
  // Two at a time: one page is looked at while the server makes another.
  const waiting = [null, ...ROLES];
  await Promise.all([0, 1].map(async () => { while (waiting.length) await visit(browser, waiting.shift()); }));
} finally {
  await browser.close();
}
process.exitCode = failed || !passed ? 1 : 0;
console.log(`${passed} passed, ${failed} failed`);
