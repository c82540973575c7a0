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
        needs(format!("kind-{}", kind.code()));
        needs(format!("kinds-{}", kind.code()));
        for column in column::columns(kind).into_iter().filter(|_| kind.is_edited()) {
            needs(format!("field-{}", column.field.replace('_', "-")));
            if let CellType::Code(codes) | CellType::List(Some(codes)) = column.cell {
                codes.iter().for_each(|code| needs(format!("code-{}", slug(code))));
            }
        }
    }
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
