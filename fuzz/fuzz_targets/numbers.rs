//! Numbers and amounts as people type them: what is read, is read again from what is printed, on every way.
#![no_main]

use libfuzzer_sys::fuzz_target;
use romduol_fuzz::told;
use romduol_locale::Locale;
use romduol_plan::number::Marks;
use romduol_plan::{Amount, Lang, number};

fuzz_target!(|text: &str| {
    // Whatever a file says of its numbers, a text is one number or none.
    let read = [Marks::Point, Marks::Comma, Marks::Unsaid].map(|marks| number::parse_in(text, marks));
    let read: Vec<f64> = read.into_iter().flatten().collect();
    assert!(read.windows(2).all(|two| two[0] == two[1]), "{text:?} is {read:?}");
    match number::parse(text) {
        Ok(value) => {
            let plain = number::plain(text).expect("a number has plain digits");
            assert_eq!(number::parse(&format!("{value}")), Ok(value), "{text:?} is {value}");
            assert!(plain.len() <= text.len() + 4, "{plain} is longer than {text:?}");
            shown(value);
        }
        Err(bad) => told(&bad.say(), text),
    }
    match Amount::read(text) {
        Ok(amount) => {
            assert_eq!(Amount::read(&amount.to_string()), Ok(amount));
            assert_eq!(Amount::read(&amount.shown(2)), Ok(amount));
            assert!((amount - amount).is_zero() && amount.percent(Amount::HUNDRED) == amount);
        }
        Err(bad) => told(&bad.say(), text),
    }
});

/// What a page shows can be typed into a form, in both languages, and is the same number.
fn shown(value: f64) {
    for lang in Lang::ALL {
        let text = Locale::of(lang).number(value, 2);
        let Ok(back) = number::parse(&text) else { panic!("{value} is shown as {text} in {}", lang.code()) };
        let rounding = 0.005 + value.abs() * 1e-12;
        assert!((back - value).abs() <= rounding, "{value} is shown as {text} and read as {back}");
    }
}
