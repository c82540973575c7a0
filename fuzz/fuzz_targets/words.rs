//! Words of addresses, forms and the command line: codes, ids of files and areas, places of a ledger, texts that are
//! screened, texts that go into XML. A code is read as itself only; no password is shown; nothing breaks out of a text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quick_xml::events::Event;
use romduol_exchange::xml::Element;
use romduol_fuzz::told;
use romduol_ledger::{BlobId, Place};
use romduol_plan::kinds::*;
use romduol_plan::permission::{Act, Role, Scope};
use romduol_plan::{Frequency, Kind, Lang, screen};

macro_rules! codes {
    ($text:ident: $($word:ident),+) => {
        $(if let Some(word) = $word::parse($text) { assert_eq!(word.code(), $text); })+
    };
}

fuzz_target!(|text: &str| {
    codes!(text: Role, Act, Scope, Kind, Lang, Frequency, AreaLevel, ReturnStatus, AnswerState, Audience, Step);
    match text.parse::<BlobId>() {
        Ok(id) => assert!(id.as_str() == text && text.len() == 64),
        Err(error) => assert!(error.to_string().len() < 1_000),
    }
    place(text);
    if let Some(what) = screen::found(text) {
        told(&what, text);
    }
    xml(text);
});

/// A secret in an address, wherever the rest of the address comes from.
fn place(text: &str) {
    const SECRET: &str = "nine-lotus-flowers";
    let Ok(place) = text.parse::<Place>();
    assert_eq!(format!("{place:?}"), place.to_string());
    let addresses = [
        format!("postgres://wps:{SECRET}@{text}"),
        format!("postgres://wps:{text}{SECRET}@db.example/wps"),
        format!("postgresql://db.example/{text}?password={SECRET}"),
    ];
    for address in addresses.iter().filter(|_| !text.contains("lotus")) {
        let Ok(place) = address.parse::<Place>();
        assert!(!place.to_string().contains(SECRET), "{address} is shown as {place}");
    }
}

fn xml(text: &str) {
    let document = Element::new("a").with("b", text).child(Element::new("c").text(text)).document();
    let mut reader = quick_xml::Reader::from_str(&document);
    let mut elements = Vec::new();
    loop {
        match reader.read_event().expect("XML that can be read") {
            Event::Start(start) | Event::Empty(start) => {
                let attributes = start.attributes().map(|attribute| attribute.expect("an attribute").value.len());
                elements.push((start.name().as_ref().to_vec(), attributes.count()));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(elements, [(b"a".to_vec(), 1), (b"c".to_vec(), 0)], "{document}");
}
