//! The order of names in a language. Refuses to know what is named.

use icu_collator::{Collator, CollatorBorrowed, options::CollatorOptions};
use romduol_plan::Lang;

pub(crate) struct Order {
    collator: CollatorBorrowed<'static>,
}

impl Order {
    pub fn new(lang: Lang) -> Order {
        let locale: icu_locale_core::Locale = lang.code().parse().expect("language codes are well formed");
        let collator =
            Collator::try_new(locale.into(), CollatorOptions::default()).expect("both languages are compiled in");
        Order { collator }
    }

    pub fn compare(&self, a: &str, b: &str) -> std::cmp::Ordering {
        self.collator.compare(a, b)
    }
}
