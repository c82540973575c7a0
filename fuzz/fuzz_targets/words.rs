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

fn place(text: &str) {
    let Ok(place) = text.parse::<Place>();
    let shown = place.to_string();
    assert_eq!(format!("{place:?}"), shown);
    // What stands between the scheme and the last sign before the host is a secret.
    let secret = text.split_once("://").filter(|_| matches!(place, Place::Database(_)));
    let secret = secret.and_then(|(_, rest)| rest.split_once('@')).map(|(secret, _)| secret);
    // Unless the host or the name of the database happens to say the same.
    let said = format!("postgresql://{}", text.rsplit('@').next().unwrap_or_default());
    if let Some(secret) = secret.filter(|secret| secret.len() > 12 && !said.contains(secret)) {
        assert!(!shown.contains(secret), "{text} is shown as {shown}");
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
