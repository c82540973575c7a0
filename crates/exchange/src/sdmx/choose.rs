//! Which observations a question is about: its key, its filters, its periods, and how many of a series. Refuses to know how
//! the question came in.

use std::cell::OnceCell;

use super::time::{Span, span};
use super::{Dataset, Row, TIME};

/// What is asked of the observations.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    keys: Vec<Vec<Part>>,
    filters: Vec<Filter>,
    from: Option<i32>,
    to: Option<i32>,
    pub first: Option<usize>,
    pub last: Option<usize>,
    /// How many codes and tests were given: every observation is held against them.
    given: usize,
}

/// More codes and tests than this are no question that a person or a program has.
const MOST: usize = 200;

/// What a dimension of a key may be: one of some codes, or anything where there are none.
type Part = Vec<String>;

/// Any of the lists of tests has to hold, and of that list all.
#[derive(Clone, Debug, PartialEq)]
struct Filter {
    /// None for the time.
    dimension: Option<usize>,
    any: Vec<Vec<Test>>,
}

#[derive(Clone, Debug, PartialEq)]
struct Test {
    by: Operator,
    value: String,
    /// The value as a period of time, where it is one.
    span: Option<Span>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    Not,
    Greater,
    AtLeast,
    Less,
    AtMost,
    Contains,
    Lacks,
    Starts,
    Ends,
}

const OPERATORS: [(&str, Operator); 10] = [
    ("eq", Operator::Equal),
    ("ne", Operator::Not),
    ("gt", Operator::Greater),
    ("ge", Operator::AtLeast),
    ("lt", Operator::Less),
    ("le", Operator::AtMost),
    ("co", Operator::Contains),
    ("nc", Operator::Lacks),
    ("sw", Operator::Starts),
    ("ew", Operator::Ends),
];

impl Choice {
    /// Reads keys such as `A.*.KH` or `A..KH+KH-01.`, several with commas. Dimensions that are not named may be anything.
    pub fn key(&mut self, data: &Dataset, text: &str) -> Result<(), String> {
        if text == "all" || text == "*" {
            return Ok(());
        }
        for key in text.split(',') {
            let parts: Vec<Part> = key.split('.').map(part).collect();
            if parts.len() > data.dimensions.len() {
                let (given, known) = (parts.len(), data.dimensions.len());
                return Err(format!("The key “{key}” has {given} parts, but there are {known} dimensions."));
            }
            // A key of nothing but dots is looked at as well.
            self.count(parts.iter().map(Vec::len).sum::<usize>().max(1))?;
            self.keys.push(parts);
        }
        Ok(())
    }

    /// Reads the value of a filter such as `ge:2024+le:2026` or `F,M`.
    pub fn filter(&mut self, data: &Dataset, dimension: &str, text: &str) -> Result<(), String> {
        let place = data.dimensions.iter().position(|known| known.id == dimension);
        if place.is_none() && dimension != TIME {
            return Err(format!("There is no dimension “{dimension}”."));
        }
        // A plus sign in an address may have become a space on its way.
        let all = |text: &str| text.split(['+', ' ']).map(test).collect::<Vec<_>>();
        let any: Vec<Vec<Test>> = text.split(',').map(all).collect();
        self.count(any.iter().map(Vec::len).sum())?;
        let odd = any.iter().flatten().find(|test| place.is_none() && test.compares() && test.span.is_none());
        if let Some(test) = odd {
            return Err(no_period(&test.value));
        }
        self.filters.push(Filter { dimension: place, any });
        Ok(())
    }

    fn count(&mut self, more: usize) -> Result<(), String> {
        self.given += more;
        match self.given <= MOST {
            true => Ok(()),
            false => Err(format!("A question has at most {MOST} codes and conditions; ask for it in parts.")),
        }
    }

    pub fn from(&mut self, text: &str) -> Result<(), String> {
        self.from = Some(period(text)?.first);
        Ok(())
    }

    pub fn to(&mut self, text: &str) -> Result<(), String> {
        self.to = Some(period(text)?.last);
        Ok(())
    }

    /// The rows that hold, in their order.
    pub fn rows<'a>(&self, data: &'a Dataset) -> Vec<&'a Row> {
        let found: Vec<&Row> = data.rows.iter().filter(|row| self.holds(row)).collect();
        if self.first.is_none() && self.last.is_none() {
            return found;
        }
        let of_series = found.chunk_by(|a, b| a.key == b.key).flat_map(|series| {
            let first = self.first.unwrap_or(0).min(series.len());
            let last = self.last.map_or(series.len(), |last| series.len() - last.min(series.len()));
            let last = if self.last.is_some() { last.max(first) } else { series.len() };
            series[..first].iter().chain(&series[last..])
        });
        of_series.copied().collect()
    }

    fn holds(&self, row: &Row) -> bool {
        let own = OnceCell::new();
        let own = || *own.get_or_init(|| span(&row.period));
        let fits =
            |parts: &Vec<Part>| parts.iter().zip(&row.key).all(|(part, code)| part.is_empty() || part.contains(code));
        let key = self.keys.is_empty() || self.keys.iter().any(fits);
        key && self.within(own) && self.filters.iter().all(|filter| filter.holds(row, own))
    }

    fn within(&self, own: impl Fn() -> Option<Span>) -> bool {
        if self.from.is_none() && self.to.is_none() {
            return true;
        }
        let Some(Span { first, last }) = own() else { return false };
        self.from.is_none_or(|from| first >= from) && self.to.is_none_or(|to| last <= to)
    }
}

fn part(text: &str) -> Part {
    match text {
        "" | "*" => Vec::new(),
        codes => codes.split('+').map(Into::into).collect(),
    }
}

fn period(text: &str) -> Result<Span, String> {
    span(text).ok_or_else(|| no_period(text))
}

fn no_period(text: &str) -> String {
    format!("“{text}” is not a period; write 2024, 2024-S1, 2024-Q3 or 2024-07.")
}

fn test(text: &str) -> Test {
    let named = text.split_once(':').and_then(|(word, value)| {
        let (_, by) = OPERATORS.iter().find(|(name, _)| *name == word)?;
        Some((*by, value))
    });
    let (by, value) = named.unwrap_or((Operator::Equal, text));
    Test { by, value: value.into(), span: span(value) }
}

impl Filter {
    /// `own` is the period of the row.
    fn holds(&self, row: &Row, own: impl Fn() -> Option<Span> + Copy) -> bool {
        let code = self.dimension.map_or(&row.period, |place| &row.key[place]);
        let test = |test: &Test| match self.dimension {
            None => test.in_time(code, own()),
            Some(_) => test.holds(code),
        };
        self.any.iter().any(|all| all.iter().all(test))
    }
}

impl Test {
    fn compares(&self) -> bool {
        !matches!(self.by, Operator::Contains | Operator::Lacks | Operator::Starts | Operator::Ends)
    }

    fn holds(&self, code: &str) -> bool {
        let value = self.value.as_str();
        match self.by {
            Operator::Equal => code == value || value == "*",
            Operator::Not => code != value,
            Operator::Greater => code > value,
            Operator::AtLeast => code >= value,
            Operator::Less => code < value,
            Operator::AtMost => code <= value,
            Operator::Contains => code.contains(value),
            Operator::Lacks => !code.contains(value),
            Operator::Starts => code.starts_with(value),
            Operator::Ends => code.ends_with(value),
        }
    }

    fn in_time(&self, code: &str, own: Option<Span>) -> bool {
        let (Some(own), Some(asked)) = (own, self.span) else { return self.holds(code) };
        match self.by {
            Operator::Equal => own == asked,
            Operator::Not => own != asked,
            Operator::Greater => own.first > asked.last,
            Operator::AtLeast => own.first >= asked.first,
            Operator::Less => own.last < asked.first,
            Operator::AtMost => own.last <= asked.last,
            _ => self.holds(code),
        }
    }
}
