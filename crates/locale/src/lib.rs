//! Sentences (Fluent), numbers and the order of names (ICU4X), periods and dates in the languages of the program.
//! Refuses to know what is being said: keys come in, text goes out.

mod numbers;
mod order;

use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use romduol_plan::{Amount, Date, Frequency, Lang, Part, Period, Say};

const SOURCES: [(Lang, &str); 2] = [
    (Lang::En, include_str!("../../../locales/en/main.ftl")),
    (Lang::Km, include_str!("../../../locales/km/main.ftl")),
];

/// One language, ready to speak.
pub struct Locale {
    pub lang: Lang,
    bundle: FluentBundle<FluentResource>,
    numbers: numbers::Numbers,
    order: order::Order,
}

/// A value inside a sentence.
pub enum Arg<'a> {
    Text(&'a str),
    /// Chooses the plural form; written in the locale's way.
    Count(usize),
    /// The same of any number.
    Number(f64),
}

/// A number that stands in a sentence, in the digits and groups of its language.
fn write(lang: Lang, value: &FluentValue) -> Option<String> {
    match value {
        FluentValue::Number(number) => Some(Locale::of(lang).number(number.value, 2)),
        _ => None,
    }
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Arg<'a> {
        Arg::Text(text)
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Arg<'a> {
        Arg::Text(text)
    }
}

impl From<usize> for Arg<'_> {
    fn from(count: usize) -> Self {
        Arg::Count(count)
    }
}

impl Locale {
    pub fn of(lang: Lang) -> &'static Locale {
        static LOCALES: OnceLock<Vec<Locale>> = OnceLock::new();
        let all = LOCALES.get_or_init(|| SOURCES.iter().map(|(lang, source)| Locale::read(*lang, source)).collect());
        all.iter().find(|locale| locale.lang == lang).unwrap_or(&all[0])
    }

    fn read(lang: Lang, source: &str) -> Locale {
        let id: unic_langid::LanguageIdentifier = lang.code().parse().expect("language codes are well formed");
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Isolation marks would turn up in PDF and CSV; both languages run left to right.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(match lang {
            Lang::En => |value, _| write(Lang::En, value),
            Lang::Km => |value, _| write(Lang::Km, value),
        }));
        let resource = match FluentResource::try_new(source.to_string()) {
            Ok(resource) => resource,
            // A test reads both files strictly; here the readable part is used.
            Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
        let numbers = numbers::Numbers::new(lang);
        Locale { lang, bundle, numbers, order: order::Order::new(lang) }
    }

    pub fn has(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }

    /// The sentence under a key.
    pub fn t(&self, key: &str) -> String {
        self.say(key, &[])
    }

    /// A code of a vocabulary in words; one that has no words of its own shows itself.
    pub fn code(&self, code: &str) -> String {
        self.word("code", code)
    }

    /// What a code of one of the lists is called (`status`, `role`, `kind` …); one without a name shows itself. Keys are
    /// in lower case, codes as their vocabulary writes them.
    pub fn word(&self, list: &str, code: &str) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let key = format!("{list}-{}", code.chars().map(plain).collect::<String>());
        if self.has(&key) { self.t(&key) } else { code.to_string() }
    }

    /// The sentence under a key, with values in it. A missing one is told in the words of its key: what goes out to a
    /// reader, on paper for years, is never a key.
    pub fn say(&self, key: &str, args: &[(&str, Arg)]) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            debug_assert!(false, "no sentence stands under {key}");
            return key.replace('-', " ");
        };
        let mut fluent = FluentArgs::new();
        for (name, value) in args {
            match value {
                Arg::Text(text) => fluent.set(*name, FluentValue::from(*text)),
                Arg::Count(count) => fluent.set(*name, FluentValue::from(*count)),
                Arg::Number(value) => fluent.set(*name, FluentValue::from(*value)),
            }
        }
        self.bundle.format_pattern(pattern, Some(&fluent), &mut Vec::new()).into_owned()
    }

    /// What a rule has to say, with its numbers, names and dates written in the language.
    pub fn tell(&self, say: &Say) -> String {
        let written: Vec<String> = say.parts.iter().map(|(_, part)| self.part(part)).collect();
        let mut args: Vec<(&str, Arg)> = Vec::new();
        for ((name, part), text) in say.parts.iter().zip(&written) {
            let number = if let Part::Number(value) = part { Some(*value) } else { None };
            // What is no number is written, and chooses no plural.
            let number = number.filter(|value| value.is_finite()).map(Arg::Number);
            args.push((name, number.unwrap_or(Arg::Text(text))));
        }
        self.say(&say.key, &args)
    }

    fn part(&self, part: &Part) -> String {
        match part {
            Part::Number(value) => self.number(*value, 2),
            Part::Words(words) => words.clone(),
            Part::Names(names) if names.is_empty() => self.t("total"),
            Part::Names(names) => names.iter().map(|name| name.get(self.lang)).collect::<Vec<_>>().join(" · "),
            Part::Period(period) => self.period(*period),
            Part::Date(date) => self.date(*date),
            Part::Code(code) => self.code(code),
            Part::Say(say) => self.tell(say),
        }
    }

    /// A number with at most `decimals` decimals, trailing zeros dropped.
    pub fn number(&self, value: f64, decimals: i16) -> String {
        self.numbers.at_most(value, decimals)
    }

    /// A number with exactly `decimals` decimals, for columns.
    pub fn fixed(&self, value: f64, decimals: i16) -> String {
        self.numbers.exactly(value, decimals)
    }

    /// An exact amount with so many decimals: rounded once, here, the same for page, paper and spreadsheet.
    pub fn amount(&self, amount: Amount, decimals: u32) -> String {
        self.numbers.plain(&amount.shown(decimals))
    }

    /// A period as people say it: `third quarter 2024`, `July 2024`, `2024`.
    pub fn period(&self, period: Period) -> String {
        let year = period.end_year().to_string();
        let month = period.last_day().month;
        match period.frequency() {
            Frequency::Year => year,
            Frequency::Half => self.say(
                "period-half",
                &[("half", month.div_ceil(6).to_string().as_str().into()), ("year", (&year).into())],
            ),
            Frequency::Quarter => self.say(
                "period-quarter",
                &[("quarter", (month / 3).to_string().as_str().into()), ("year", (&year).into())],
            ),
            Frequency::Month => self.say(
                "period-month",
                &[("month", (&self.t(&format!("month-{month}"))).into()), ("year", (&year).into())],
            ),
        }
    }

    pub fn date(&self, date: Date) -> String {
        let args = [
            ("day", Arg::Text(&date.day.to_string())),
            ("month", Arg::Text(&self.t(&format!("month-{}", date.month)))),
            ("year", Arg::Text(&date.year.to_string())),
        ];
        self.say("date", &args)
    }

    /// Sorts by the language's own order; code points put Khmer names in the wrong one.
    pub fn sort_by_name<T>(&self, items: &mut [T], name: impl Fn(&T) -> &str) {
        items.sort_by(|a, b| self.order.compare(name(a), name(b)));
    }
}

#[cfg(test)]
mod tests;
