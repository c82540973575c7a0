use super::*;
use std::collections::{BTreeMap, BTreeSet};

/// Key -> names of the values in its sentence. Plain reading of the file, not through the library.
fn keys(source: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = String::new();
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        if !line.starts_with([' ', '}', '['])
            && let Some((key, _)) = line.split_once(" =")
        {
            assert!(keys.insert(key.to_string(), BTreeSet::new()).is_none(), "{key} stands twice");
            current = key.to_string();
        }
        for part in line.split('$').skip(1) {
            let name = part.chars().take_while(|c| c.is_alphanumeric() || *c == '-').collect();
            keys.get_mut(&current).expect("a value stands in a message").insert(name);
        }
    }
    keys
}

#[test]
fn both_languages_say_the_same_things_with_the_same_values() {
    for (lang, source) in SOURCES {
        if let Err((_, errors)) = FluentResource::try_new(source.to_string()) {
            panic!("{}: {errors:?}", lang.code());
        }
    }
    let (en, km) = (keys(SOURCES[0].1), keys(SOURCES[1].1));
    for (key, values) in &en {
        assert_eq!(km.get(key), Some(values), "{key} in Khmer");
    }
    assert_eq!(en.len(), km.len());
}

#[test]
fn numbers_are_written_the_languages_way() {
    let en = Locale::of(Lang::En);
    assert_eq!(en.number(1234567.5, 1), "1,234,567.5");
    assert_eq!(en.number(21.40, 2), "21.4");
    assert_eq!(en.fixed(21.0, 1), "21.0");
    assert_eq!(en.number(-0.04, 1), "0");
    assert_eq!(en.number(f64::NAN, 1), "–");
}

#[test]
fn amounts_keep_every_digit() {
    let en = Locale::of(Lang::En);
    let read = |text: &str| Amount::read(text).unwrap();
    // One riel more than floating point can hold beside two decimals.
    assert_eq!(en.amount(read("9,007,199,254,740.99"), 2), "9,007,199,254,740.99");
    assert_eq!(en.amount(read("0.5"), 0), "1");
    assert_eq!(en.amount(read("1200"), 2), "1,200.00");
    assert_eq!(en.amount(read("-0.4"), 0), "0");
}

#[test]
fn khmer_names_sort_by_the_khmer_order() {
    // Code-point order puts the independent vowel ឧ after all consonants; the dictionary files it under អ.
    let mut names = vec!["ឧត្ដរមានជ័យ", "សៀមរាប", "កំពត", "កណ្ដាល"];
    Locale::of(Lang::Km).sort_by_name(&mut names, |name| name);
    assert_eq!(names[0], "កណ្ដាល");
}

/// Forms, lists and record pages are made from the columns of a kind, so every one of them needs its words.
#[test]
fn every_column_and_code_that_is_shown_has_its_words() {
    use romduol_plan::Kind;
    use romduol_plan::column::{self, CellType};
    let slug = |code: &str| -> String {
        code.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect()
    };
    let en = Locale::of(Lang::En);
    let needs = |key: String| assert!(en.has(&key), "{key}");
    for kind in Kind::of_package().chain([Kind::Version]) {
        for column in column::columns(kind).into_iter().filter(|_| kind.is_edited()) {
            needs(format!("field-{}", column.field.replace('_', "-")));
            if let CellType::Code(codes) | CellType::List(Some(codes)) = column.cell {
                codes.iter().for_each(|code| needs(format!("code-{}", slug(code))));
            }
        }
    }
}

/// Codes are written as their vocabulary does, keys in lower case; and a code without a name is still no key.
#[test]
fn every_kind_of_record_has_its_words() {
    for locale in [Locale::of(Lang::En), Locale::of(Lang::Km)] {
        for code in romduol_plan::Kind::of_package().chain([romduol_plan::Kind::Version]).map(|kind| kind.code()) {
            for list in ["kind", "kinds"] {
                assert!(locale.has(&format!("{list}-{}", code.replace('_', "-"))), "{list} {code}");
                assert_ne!(locale.word(list, code), code);
            }
        }
    }
}

#[test]
fn one_of_something_is_in_the_singular() {
    let (en, km) = (Locale::of(Lang::En), Locale::of(Lang::Km));
    let say = |reported: f64, expected: f64| {
        romduol_plan::Say::new("from-returns").number("reported", reported).number("expected", expected)
    };
    assert_eq!(en.tell(&say(1.0, 1.0)), "return of 1 of 1 unit");
    assert_eq!(en.tell(&say(1.0, 2.0)), "returns of 1 of 2 units");
    assert_eq!(en.tell(&say(1200.0, 1450.0)), "returns of 1,200 of 1,450 units");
    assert_eq!(
        en.say("check-faults", &[("folder", "plan".into()), ("count", 1.into())]),
        "plan has 1 fault, listed above"
    );
    assert_eq!(
        en.say("check-fine", &[("folder", "plan".into()), ("count", 8190.into())]),
        "plan: 8,190 records, no faults."
    );
    // What is no number is written as it is.
    let odd = en.tell(&say(f64::NAN, f64::INFINITY));
    assert_eq!(odd, "returns of – of – units");
    assert!(km.tell(&say(1.0, 1.0)).contains(&km.number(1.0, 0)));
}

#[test]
fn a_code_is_a_word_and_never_a_key() {
    let (en, km) = (Locale::of(Lang::En), Locale::of(Lang::Km));
    assert_eq!(en.code("UNSCR"), "Security Council resolution");
    assert_eq!(en.code("BPfA"), "Beijing Platform for Action");
    assert_ne!(km.code("CEDAW-GR"), "code-cedaw-gr");
    for locale in [en, km] {
        assert_eq!(locale.code("Never heard of"), "Never heard of");
        assert_eq!(locale.word("status", "quite-new"), "quite-new");
    }
    assert_eq!((en.word("unit", "%"), en.word("unit", "people")), ("%".into(), "people".into()));
    assert_eq!(km.word("unit", "people"), "នាក់");
}

/// Keys that stand in the source as they are. Those that are put together go through [`Locale::word`].
#[test]
fn every_key_of_the_source_has_its_sentence() {
    fn files(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match entry.is_dir() {
                true => files(&entry, found),
                false => found.push(entry),
            }
        }
    }
    let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let (en, mut found, mut count) = (Locale::of(Lang::En), Vec::new(), 0);
    for folder in ["plan/src", "app/src", "edition", "web/src", "web/templates"] {
        files(&crates.join(folder), &mut found);
    }
    for path in found.iter().filter(|path| path.extension().is_some_and(|end| end == "rs" || end == "html")) {
        let text = std::fs::read_to_string(path).unwrap();
        for call in [".t(\"", ".t1(\"", ".count(\"", "locale.say(\"", "Say::new(\""] {
            for key in text.split(call).skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(en.has(key), "{key} in {}", path.display());
                count += 1;
            }
        }
    }
    assert!(count > 1000, "{count}");
}

/// A fault is told in two halves: what is wrong, and under the same key with `-mend` what to do.
#[test]
fn every_fault_of_a_package_has_its_mend() {
    let en = Locale::of(Lang::En);
    let folder = |name: &str| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
    let files =
        ["plan/src/package", "app/src"].map(folder).into_iter().flat_map(|path| std::fs::read_dir(path).unwrap());
    let mut count = 0;
    for path in
        files.map(|file| file.unwrap().path()).chain([folder("plan/src/column.rs")]).filter(|path| path.is_file())
    {
        let text = std::fs::read_to_string(path).unwrap();
        let quoted = text.split('"').filter(|part| part.starts_with("fault-"));
        for key in
            quoted.filter(|key| !["fault-in", "fault-at", "fault-told"].iter().any(|frame| key.starts_with(frame)))
        {
            assert!(en.has(key) && en.has(&format!("{key}-mend")), "{key}");
            count += 1;
        }
    }
    assert!(count > 50, "{count}");
}
