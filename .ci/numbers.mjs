// The script of the return form adds up what the server would read: both are held to one table.
import { readFileSync } from "node:fs";
import { read } from "../crates/web/assets/number.js";

const table = readFileSync(new URL("../crates/plan/tests/numbers.csv", import.meta.url), "utf8");
let rows = 0;
for (const line of table.trim().split("\n").slice(1)) {
  const cut = line.lastIndexOf(",");
  const typed = line.slice(0, cut).replace(/^"(.*)"$/, "$1");
  const number = line.slice(cut + 1) === "" ? null : Number(line.slice(cut + 1));
  if (read(typed) !== number) throw new Error(`${JSON.stringify(typed)} is added up as ${read(typed)}, not ${number}`);
  rows += 1;
}
console.log(`${rows} ways to write a number: the form adds up what the server reads`);
