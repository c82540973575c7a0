// The browser of the system, started so that it stays off the network, and signing in to the demo.

import { chromium } from "playwright-core";

const QUIET = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launch() {
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: QUIET });
}

export async function signIn(page, base, login) {
  await page.goto(`${base}/sign-in`);
  await page.fill("input[name=login]", login);
  await page.fill("input[name=password]", "romduol-demo");
  await page.press("input[name=password]", "Enter");
  await page.waitForURL(url => url.pathname !== "/sign-in", { timeout: 15_000 });
}
