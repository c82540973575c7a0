// A number as a person types it, read as the server reads it (crates/plan/src/number.rs). What could mean two numbers, or is
// none, is null: the server says why when the form is saved. tests/numbers.csv of `plan` is the table that both are held to.

// Each way to write: the whole with its groups, and where the decimals begin.
const LATIN = [
  /^(?=.*\d)(?<whole>\d*)(\.(?<part>\d*))?$/,
  /^(?<whole>[1-9]\d{0,2}(,\d{3})+)(\.(?<part>\d*))?$/,
  /^(?<whole>[1-9]\d{0,2}(\.\d{3})+),(?<part>\d*)$/,
  /^(?<whole>[1-9]\d{0,2}(\.\d{3}){2,})$/,
  /^(?<whole>[1-9]\d{0,2}( \d{3})+)([.,](?<part>\d*))?$/,
];
const KHMER = [
  /^(?<whole>\d+)$/,
  /^(?=.*\d)(?<whole>\d*),(?<part>\d*)$/,
  /^(?<whole>[1-9]\d{0,2}(\.\d{3})+)(,(?<part>\d*))?$/,
  /^(?<whole>[1-9]\d{0,2}(,\d{3})+)\.(?<part>\d*)$/,
  /^(?<whole>[1-9]\d{0,2}(,\d{3}){2,})$/,
  /^(?<whole>[1-9]\d{0,2}( \d{3})+)(,(?<part>\d*))?$/,
];
// `១,៤៥០` is a thousand to some and one and a half to others.
const TWO_NUMBERS = /^[1-9]\d{0,2},\d{3}$/;

export function read(text) {
  const khmer = /[០-៩]/.test(text);
  const plain = text
    .replace(/[\u200b-\u200f\u2060-\u206f\ufeff\u00ad]/g, "")
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[០-៩]/g, digit => String(digit.charCodeAt(0) - 0x17e0));
  if (khmer && TWO_NUMBERS.test(plain)) return null;
  const { whole, part } = (khmer ? KHMER : LATIN).map(way => way.exec(plain)).find(Boolean)?.groups ?? {};
  return whole === undefined ? null : Number(`${whole.replace(/\D/g, "")}.${part ?? ""}0`);
}
