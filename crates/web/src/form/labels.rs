//! What the fields of a form are called where the form itself is not there to say so. Refuses to know forms: a name means the
//! same on each of them.

use romduol_locale::Locale;
use romduol_plan::intake::Field;

/// What nobody types: buttons, choices of the page's own, and what a page takes along for itself.
const UNTYPED: [&str; 16] = [
    "act", "action", "at", "back", "by", "carried", "decision", "element", "key", "lang", "language", "model", "over",
    "ready", "state", "ticket",
];

/// Whether a person has typed what stands under a name.
pub(super) fn is_typed(name: &str) -> bool {
    let of_return = name.parse::<Field>();
    let words = !matches!(
        of_return,
        Ok(Field::State(_)
            | Field::Estimate(_)
            | Field::RemoveFile { .. }
            | Field::Version
            | Field::Revision
            | Field::Action)
    );
    words && !name.starts_with('_') && !UNTYPED.contains(&name)
}

/// The name of a field in the words of the reader.
pub(super) fn label(locale: &Locale, name: &str) -> String {
    let about = |indicator: &str, what: String| format!("{indicator} · {what}");
    let groups = |categories: &[String]| match categories {
        [] => locale.t("value"),
        groups => groups.join(" · "),
    };
    match name.parse::<Field>() {
        Ok(Field::Comment(indicator)) => about(&indicator, locale.t("comment")),
        Ok(Field::Total(indicator) | Field::TotalBase(indicator)) => about(&indicator, locale.t("total")),
        Ok(Field::Value { indicator, categories } | Field::Base { indicator, categories }) => {
            about(&indicator, groups(&categories))
        }
        Ok(
            Field::State(_)
            | Field::Estimate(_)
            | Field::File(_)
            | Field::RemoveFile { .. }
            | Field::Reason
            | Field::Revision
            | Field::Version
            | Field::Action,
        )
        | Err(_) => match name {
            "reason" => locale.t("reason"),
            "why" => locale.t("why-change"),
            // A field of a part, or in one language: `title_km`, `women.MOI`.
            name => {
                let name = name.trim_end_matches("_km").trim_end_matches("_en");
                let (first, rest) = name.split_once('.').unwrap_or((name, ""));
                [locale.word("field", first), rest.to_string()].join(" ").trim().to_string()
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use romduol_plan::Lang;

    use super::*;

    #[test]
    fn what_was_typed_has_its_label_and_nothing_else_is_shown() {
        let en = Locale::of(Lang::En);
        for (name, words) in [
            ("title", "Title"),
            ("title_km", "Title"),
            ("reason", "Reason"),
            ("c|PAR-09", "PAR-09 · Remark"),
            ("v|PAR-09|female/0-17", "PAR-09 · female · 0-17"),
        ] {
            assert_eq!(label(en, name).to_lowercase(), words.to_lowercase(), "{name}");
            assert!(is_typed(name), "{name}");
        }
        for name in ["ready", "decision", "action", "version", "revision", "_seen", "_step", "s|PAR-09", "x|PAR-09|a"] {
            assert!(!is_typed(name), "{name}");
        }
    }
}
