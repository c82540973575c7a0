//! What was typed comes back into the right fields of the right form.

use romduol_locale::Locale;
use romduol_plan::{Lang, Say};

use super::super::onward::Again;
use super::super::screened::Stopped;
use super::{Filling, carry, refill};

const PAGE: &str = r#"<main id="main"><form method="post" action="/other?once=1"><input name="title" value="x"></form>
<details><summary>s</summary><form method="post" action="/x?once=2&#38;from=/p"><input type="hidden" name="act" value="a">
<input name="title" value="old &#38; &#34;new&#34;"></form></details>
<details><summary>s</summary><form method="post" action="/x?once=3"><input type="hidden" name="act" value="b">
<input type="hidden" name="_seen" value="9"><input name="title" value="Theirs"><select name="s"><option value="1">One</option><option value="2" selected>Two</option></select>
<input type="checkbox" name="t" value="1"><input type="checkbox" name="t" value="2" checked><textarea name="text">their
lines</textarea><input type="password" name="p"><input name="n.1"><input name="n.1"></form></details></main>"#;

fn again(say: Say, typed: &[(&str, &str)]) -> Again {
    let typed = typed.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())).collect();
    Again { page: "/p".into(), path: "/x".into(), typed, say, stopped: Vec::new(), number: None }
}

fn filled(again: &Again) -> String {
    refill(PAGE, &Filling::of(again, Locale::of(Lang::En), String::new())).unwrap()
}

#[test]
fn each_field_gets_its_text_and_the_folded_part_is_open() {
    let typed = [
        ("act", "b"),
        ("_seen", "7"),
        ("title", "mine <b>\"&"),
        ("s", "1"),
        ("t", "1"),
        ("text", "\nmy\nlines & <more>"),
        ("p", "secret"),
        ("n.1", "first"),
        ("n.1", "second"),
        ("gone", "no field holds this"),
    ];
    let html = filled(&again(Say::new("again-signed-in"), &typed));
    for part in [
        r#"name="_seen" value="7""#,
        r#"name="title" value="mine &lt;b&gt;&quot;&amp;""#,
        r#"<option value="1" selected="">One</option><option value="2">Two"#,
        r#"name="t" value="1" checked="""#,
        "<textarea name=\"text\">\n\nmy\nlines &amp; &lt;more&gt;</textarea>",
        r#"name="n.1" value="first""#,
        r#"name="n.1" value="second""#,
        "no field holds this",
        r#"action="/x?once=3" data-again="""#,
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
    assert!(html.contains(r#"value="old &#38; &#34;new&#34;""#), "the other form stays: {html}");
    assert!(!html.contains("secret"), "a password is not given back");
    assert_eq!(html.matches("<details open").count(), 1);
}

#[test]
fn both_versions_stand_side_by_side() {
    let typed = [("act", "b"), ("_seen", "7"), ("title", "Mine"), ("s", "1"), ("text", "their\nlines"), ("n.1", "")];
    let html = filled(&again(Say::new("refused-record-changed"), &typed));
    assert!(html.contains(r#"name="_seen" value="9""#), "the next send is about the newer version: {html}");
    assert!(html.contains("Theirs</span>") && html.contains("Two</span>"), "{html}");
    assert_eq!(html.matches("hint other").count(), 2, "what is the same is not told: {html}");
}

#[test]
fn a_text_that_was_stopped_says_so_where_it_stands() {
    let stopped = vec![Stopped { field: "text".into(), say: Say::new("screen-name") }];
    let again = Again { stopped, ..again(Say::new("refused-old-font"), &[("act", "b"), ("text", "words")]) };
    let html = filled(&again);
    assert!(html.contains("data-stopped") && html.contains("aria-invalid=\"true\""), "{html}");
}

#[test]
fn a_page_without_the_form_is_told() {
    let mut other = again(Say::new("again-signed-in"), &[]);
    other.path = "/elsewhere".into();
    assert!(refill(PAGE, &Filling::of(&other, Locale::of(Lang::En), String::new())).is_none());
}

#[test]
fn what_is_carried_stands_in_each_form() {
    let html = carry(PAGE, "{\"a\":1}", "").unwrap();
    assert_eq!(html.matches("name=\"carried\" value=\"{&quot;a&quot;:1}\"").count(), 3);
}
