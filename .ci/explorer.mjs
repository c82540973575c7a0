// Reads the open data of a running demo as a data explorer in a browser does: with sdmx-json-parser, from another origin.
// Called by .ci/opendata with the address of the demo, the path of the data and how many observations there are.
import assert from "node:assert/strict";
import parser from "sdmx-json-parser";

const [address, path, count] = process.argv.slice(2);
const { SDMXParser } = parser;
const explorer = new SDMXParser();
await explorer.getDatasets(`${address}${path}?dimensionAtObservation=AllDimensions&_=${Date.now()}`);
const data = explorer.getData();
assert.equal(data.length, Number(count));

const asked = await fetch(`${address}/public/edition.json`, {
    method: "OPTIONS",
    headers: { Origin: "https://explorer.example.org", "Access-Control-Request-Method": "GET" },
});
assert.equal(asked.headers.get("access-control-allow-origin"), "*");
console.log(`sdmx-json-parser: ${data.length} observations`);
