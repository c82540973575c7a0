//! No page shows the key of a sentence: every role, both languages, every sort of page that can be reached by links, and
//! every page of an edition.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use romduol_locale::Locale;
use romduol_plan::Lang;
use romduol_plan::permission::Role;

use crate::house::{House, house};
use crate::reach::links;

/// How many pages of one sort are looked at: they are made by one template.
const OF_A_SORT: usize = 2;

/// The words that a reader sees.
fn seen(page: &str) -> String {
    let body = page.split("<body").nth(1).unwrap_or(page);
    let mut text = String::new();
    for part in body.split('<').skip(1) {
        text.push_str(part.split_once('>').map_or("", |(_, text)| text));
        text.push(' ');
    }
    text
}

/// Keys among the words: what is written as a key and is one, or begins as the names of codes do.
fn keys(text: &str) -> Vec<String> {
    let shape = |word: &&str| {
        let mut parts = word.split('-');
        let first = parts.next().unwrap_or_default();
        let rest: Vec<&str> = parts.collect();
        !first.is_empty()
            && first.bytes().all(|b| b.is_ascii_lowercase())
            && !rest.is_empty()
            && rest.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric()))
    };
    let is_key = |word: &&str| {
        let locale = Locale::of(Lang::En);
        let of_codes = ["code", "kind", "kinds", "field", "status", "role", "unit", "trail"];
        locale.has(word) && locale.t(word) != **word
            || of_codes.iter().any(|list| word.strip_prefix(list).is_some_and(|rest| rest.starts_with('-')))
    };
    let words = text.split(|c: char| c.is_whitespace() || "(),.;:!?«»“”\"'/…".contains(c));
    words.filter(shape).filter(is_key).map(String::from).collect()
}

#[test]
fn a_key_is_known_when_it_is_seen() {
    assert_eq!(keys("the code-UNSCR of menu-home, a follow-up"), ["code-UNSCR", "menu-home"]);
    assert_eq!(keys("civil-society-led PAR-09 kh-12"), Vec::<String>::new());
}

/// The pages of a role in a language, a few of each sort, by following links.
async fn walk(house: &House, role: Role, lang: Lang) -> usize {
    let cookie = format!("{}; lang={}", house.session(role).await, lang.code());
    let (mut sorts, mut asked) = (BTreeMap::<String, usize>::new(), BTreeSet::new());
    let mut waiting = VecDeque::from(["/".to_string(), "/account".into(), "/trail".into(), "/accounts".into()]);
    while let Some(path) = waiting.pop_front() {
        let sort: Vec<&str> = path.split('/').take(if path.starts_with("/records/") { 3 } else { 2 }).collect();
        let seen_before = sorts.entry(format!("{} {}", sort.join("/"), path.matches('/').count())).or_default();
        if *seen_before >= OF_A_SORT || !asked.insert(path.clone()) || path.contains('.') {
            continue;
        }
        *seen_before += 1;
        let page = house.read(&path, Some(&cookie)).await;
        if page.starts_with("<!doctype") || page.starts_with("<!DOCTYPE") {
            let found = keys(&seen(&page));
            assert!(found.is_empty(), "{} {} {path}: {found:?}", role.code(), lang.code());
            let menu = page.split("href=\"/").skip(1).filter_map(|rest| rest.split(['"', '?', '#']).next());
            waiting.extend(menu.map(|rest| format!("/{rest}")).chain(links(&page)));
        }
    }
    asked.len()
}

#[tokio::test]
async fn no_page_shows_a_key() {
    let house = house().await;
    let mut pages = 0;
    for role in Role::ALL {
        for lang in Lang::ALL {
            pages += walk(&house, *role, lang).await;
        }
    }
    assert!(pages > 600, "{pages}");
}

#[tokio::test]
async fn no_page_of_an_edition_shows_a_key() {
    let house = house().await;
    house.app.publish_demo(None).await.unwrap();
    let (mut waiting, mut asked) = (VecDeque::from(["/public/index.html".to_string()]), BTreeSet::new());
    let mut commitments = 0;
    while let Some(path) = waiting.pop_front() {
        if !asked.insert(path.clone()) {
            continue;
        }
        let page = house.read(&path, None).await;
        let found = keys(&seen(&page));
        assert!(found.is_empty(), "{path}: {found:?}");
        commitments += usize::from(page.contains("Beijing Platform for Action"));
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for address in page.split("href=\"").skip(1).filter_map(|rest| rest.split(['"', '?', '#']).next()) {
            if address.ends_with(".html") && !address.contains("..") && !address.contains(':') {
                let address = if address.starts_with('/') { address.into() } else { format!("{folder}/{address}") };
                waiting.push_back(address);
            }
        }
    }
    assert!(asked.len() > 20 && commitments > 0, "{} pages, {commitments} with commitments", asked.len());
}
