//! Numbers that belong to one person, as people write them: of telephones and of papers. Refuses to take years, dates,
//! amounts of money, lists and ranges for such numbers.

/// A telephone number has as many digits, and so has a number of a paper.
const PERSONAL: usize = 8;

/// Digits with what stood before them.
#[derive(Clone, Debug, Default)]
struct Group {
    digits: String,
    /// The signs between it and the group before.
    joint: String,
}

/// Whether a text holds a number of somebody.
pub(super) fn has_personal(text: &str) -> bool {
    runs(text).any(|run| is_personal(&run))
}

/// Words for papers of one person; their numbers may have letters, and fewer digits than telephones.
const PAPERS: [&str; 7] =
    ["passport", "identity card", "id card", "birth certificate", "លិខិតឆ្លងដែន", "អត្តសញ្ញាណប័ណ្ណ", "សំបុត្រកំណើត"];

/// “passport N1234567”, “ID card no. 0123456”.
pub(super) fn is_of_a_paper(text: &str) -> bool {
    let lower = text.to_lowercase();
    let number = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        let digits = word.chars().filter(|c| is_digit(*c)).count();
        digits >= 6 && word.chars().all(|c| is_digit(c) || c.is_ascii_alphabetic())
    };
    PAPERS.iter().any(|paper| {
        lower.match_indices(paper).any(|(at, _)| lower[at + paper.len()..].split_whitespace().take(3).any(number))
    })
}

/// Groups of digits that stand together as one number may be written, and what stands around them.
struct Run {
    groups: Vec<Group>,
    before: String,
    after: String,
}

fn runs(text: &str) -> impl Iterator<Item = Run> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(is_digit)?;
        let (mut groups, mut joint, mut end) = (vec![Group::default()], String::new(), start);
        for (n, c) in text[start..].char_indices() {
            if let Some(digit) = digit(c) {
                if !joint.is_empty() {
                    groups.push(Group { joint: std::mem::take(&mut joint), ..Group::default() });
                }
                groups.last_mut()?.digits.push(digit);
                end = start + n + c.len_utf8();
            } else if joins(c) && joint.chars().count() < 3 {
                joint.push(c);
            } else {
                break;
            }
        }
        let run = Run { groups, before: text[..start].into(), after: text[end..].into() };
        at = end;
        Some(run)
    })
}

fn joins(c: char) -> bool {
    matches!(
        c,
        ' ' | '\u{a0}'
            | '\u{202f}'
            | '\u{200b}'
            | '-'
            | '‐'
            | '‑'
            | '–'
            | '—'
            | '.'
            | ','
            | ':'
            | '/'
            | '_'
            | '('
            | ')'
            | '+'
    )
}

fn digit(c: char) -> Option<char> {
    let nth = |zero: char| u32::from(c).checked_sub(u32::from(zero)).filter(|n| *n < 10);
    let value = ['0', '០', '０', '٠', '۰', '०'].into_iter().find_map(nth)?;
    char::from_digit(value, 10)
}

fn is_digit(c: char) -> bool {
    digit(c).is_some()
}

fn is_personal(run: &Run) -> bool {
    if is_amount(run) || is_range(&run.groups) || is_list(&run.groups) {
        return false;
    }
    without_dates(&run.groups).map(|group| group.digits.len()).sum::<usize>() >= PERSONAL
}

/// What is left where years, and days with or without signs between their parts, are taken out.
fn without_dates(groups: &[Group]) -> impl Iterator<Item = &Group> {
    let mut left = Vec::new();
    let mut rest = groups;
    while let [first, others @ ..] = rest {
        let dated = match rest {
            [a, b, c, ..] if is_date(a, b, c) => 3,
            _ if is_year(&first.digits) || is_day(&first.digits) => 1,
            _ => 0,
        };
        if dated == 0 {
            left.push(first);
            rest = others;
        } else {
            rest = &rest[dated..];
        }
    }
    left.into_iter()
}

fn is_year(digits: &str) -> bool {
    digits.len() == 4 && digits.parse().is_ok_and(|year: u32| (1900..=2100).contains(&year))
}

/// `20261201`
fn is_day(digits: &str) -> bool {
    digits.len() == 8 && is_year(&digits[..4]) && is_month_and_day(&digits[4..6], &digits[6..])
}

fn is_date(a: &Group, b: &Group, c: &Group) -> bool {
    let (a, b, c) = (&a.digits, &b.digits, &c.digits);
    let day_first = is_year(c) && (is_month_and_day(b, a) || is_month_and_day(a, b));
    day_first || (is_year(a) && is_month_and_day(b, c))
}

fn is_month_and_day(month: &str, day: &str) -> bool {
    let within =
        |digits: &str, most: u32| digits.len() <= 2 && digits.parse().is_ok_and(|n: u32| (1..=most).contains(&n));
    within(month, 12) && within(day, 31)
}

/// Thousands in groups of three, or money by the word beside it. A telephone number begins with a zero or a plus.
fn is_amount(run: &Run) -> bool {
    const MONEY: [&str; 16] = [
        "riel",
        "riels",
        "khr",
        "usd",
        "us$",
        "dollar",
        "dollars",
        "$",
        "€",
        "eur",
        "euro",
        "euros",
        "៛",
        "រៀល",
        "ដុល្លារ",
        "million",
    ];
    let Some((first, others)) = run.groups.split_first() else { return false };
    if first.digits.starts_with('0') || run.before.ends_with('+') {
        return false;
    }
    let sign = others.first().map(|group| group.joint.as_str());
    let thousands = !others.is_empty()
        && first.digits.len() <= 3
        && others.iter().all(|group| group.digits.len() == 3 && Some(group.joint.as_str()) == sign)
        && matches!(sign, Some(" " | "," | "." | "\u{a0}" | "\u{202f}"));
    let word_after =
        run.after.trim_start().split(|c: char| c.is_whitespace() || matches!(c, '.' | ',' | ')' | ';')).next();
    let money = |word: &str| MONEY.contains(&word.to_lowercase().as_str());
    let khmer = ["៛", "រៀល", "ដុល្លារ"].iter().any(|word| run.after.trim_start().starts_with(word));
    let word_before = run.before.trim_end().rsplit(char::is_whitespace).next();
    let money = word_after.is_some_and(money) || word_before.is_some_and(|w| money(w) || w.ends_with('$'));
    thousands || ((money || khmer) && others.is_empty())
}

/// `1000 - 2000`: the second is more than the first.
fn is_range(groups: &[Group]) -> bool {
    let [from, to] = groups else { return false };
    let number = |group: &Group| group.digits.parse::<u64>().ok().filter(|_| !group.digits.starts_with('0'));
    let dash = to.joint.trim().chars().all(|c| matches!(c, '-' | '‐' | '‑' | '–' | '—')) && !to.joint.trim().is_empty();
    dash && number(from).zip(number(to)).is_some_and(|(from, to)| from < to) && from.digits.len() < PERSONAL
}

/// `12/15/18/20`: short numbers one after the other. Telephone numbers are not written with such signs.
fn is_list(groups: &[Group]) -> bool {
    let short = groups.iter().all(|group| group.digits.len() <= 2);
    let listed = groups.iter().skip(1).all(|group| matches!(group.joint.trim(), "/" | "," | ":"));
    short && (listed || groups.iter().all(|group| group.digits.len() == 1))
}
