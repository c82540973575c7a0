//! The names of the fields of a return's form, written and read in one place. Refuses to know what is asked and what was
//! typed.

use std::fmt;
use std::str::FromStr;

use crate::kinds::Id;

/// A field of the form of a return.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The count, numerator or sum of a combination of categories; of none where the indicator is not broken down.
    Value { indicator: Id, categories: Vec<Id> },
    /// The denominator or number of cases of a combination.
    Base { indicator: Id, categories: Vec<Id> },
    /// Whether there is a number, and if not, why not.
    State(Id),
    /// The remark; for an indicator that is answered in words the answer.
    Comment(Id),
    /// The total, where the parts are not known.
    Total(Id),
    /// The denominator or number of cases of that total.
    TotalBase(Id),
    /// Whether the number is an estimate.
    Estimate(Id),
    /// A file to attach.
    File(Id),
    /// An attached file that is to be taken away.
    RemoveFile { indicator: Id, blob: String },
    /// Why an accepted return is corrected.
    Reason,
    /// The revision of the draft that the form was opened with.
    Revision,
    /// The version of the return that the form was opened with.
    Version,
    /// What the button does.
    Action,
}

impl Field {
    pub fn value(indicator: &str, categories: &[Id]) -> Field {
        Field::Value { indicator: indicator.into(), categories: categories.to_vec() }
    }

    pub fn base(indicator: &str, categories: &[Id]) -> Field {
        Field::Base { indicator: indicator.into(), categories: categories.to_vec() }
    }

    /// Whether only a number belongs in it.
    pub fn holds_a_number(&self) -> bool {
        matches!(self, Field::Value { .. } | Field::Base { .. } | Field::Total(_) | Field::TotalBase(_))
    }

    /// The indicator that the field is about; none where it is about the whole return.
    pub fn indicator(&self) -> Option<&str> {
        match self {
            Field::Value { indicator, .. } | Field::Base { indicator, .. } | Field::RemoveFile { indicator, .. } => {
                Some(indicator)
            }
            Field::State(indicator)
            | Field::Comment(indicator)
            | Field::Total(indicator)
            | Field::TotalBase(indicator)
            | Field::Estimate(indicator)
            | Field::File(indicator) => Some(indicator),
            Field::Reason | Field::Revision | Field::Version | Field::Action => None,
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Field::Value { indicator, categories } => write!(f, "v|{indicator}|{}", categories.join("/")),
            Field::Base { indicator, categories } => write!(f, "b|{indicator}|{}", categories.join("/")),
            Field::State(indicator) => write!(f, "s|{indicator}"),
            Field::Comment(indicator) => write!(f, "c|{indicator}"),
            Field::Total(indicator) => write!(f, "t|{indicator}"),
            Field::TotalBase(indicator) => write!(f, "u|{indicator}"),
            Field::Estimate(indicator) => write!(f, "e|{indicator}"),
            Field::File(indicator) => write!(f, "f|{indicator}"),
            Field::RemoveFile { indicator, blob } => write!(f, "x|{indicator}|{blob}"),
            Field::Reason => f.write_str("reason"),
            Field::Revision => f.write_str("revision"),
            Field::Version => f.write_str("version"),
            Field::Action => f.write_str("action"),
        }
    }
}

/// A name that no field of a return's form has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no field of a return")]
pub struct UnknownField(pub String);

impl FromStr for Field {
    type Err = UnknownField;

    fn from_str(name: &str) -> Result<Field, UnknownField> {
        let mut parts = name.split('|');
        let (kind, indicator, rest, more) =
            (parts.next().unwrap_or_default(), parts.next(), parts.next(), parts.next());
        let categories = |list: &str| list.split('/').filter(|id| !id.is_empty()).map(Id::from).collect();
        let field = match (kind, indicator.map(Id::from), rest) {
            ("v", Some(indicator), Some(list)) => Field::Value { indicator, categories: categories(list) },
            ("b", Some(indicator), Some(list)) => Field::Base { indicator, categories: categories(list) },
            ("s", Some(indicator), None) => Field::State(indicator),
            ("c", Some(indicator), None) => Field::Comment(indicator),
            ("t", Some(indicator), None) => Field::Total(indicator),
            ("u", Some(indicator), None) => Field::TotalBase(indicator),
            ("e", Some(indicator), None) => Field::Estimate(indicator),
            ("f", Some(indicator), None) => Field::File(indicator),
            ("x", Some(indicator), Some(blob)) => Field::RemoveFile { indicator, blob: blob.into() },
            ("reason", None, None) => Field::Reason,
            ("revision", None, None) => Field::Revision,
            ("version", None, None) => Field::Version,
            ("action", None, None) => Field::Action,
            _ => return Err(UnknownField(name.into())),
        };
        match more.is_some() || field.indicator().is_some_and(str::is_empty) {
            true => Err(UnknownField(name.into())),
            false => Ok(field),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn field() -> impl Strategy<Value = Field> {
        let id = || "[A-Za-z0-9][A-Za-z0-9.-]{0,8}";
        let cell = || (id(), proptest::collection::vec(id(), 0..4));
        prop_oneof![
            cell().prop_map(|(indicator, categories)| Field::Value { indicator, categories }),
            cell().prop_map(|(indicator, categories)| Field::Base { indicator, categories }),
            id().prop_map(Field::State),
            id().prop_map(Field::Comment),
            id().prop_map(Field::Total),
            id().prop_map(Field::TotalBase),
            id().prop_map(Field::Estimate),
            id().prop_map(Field::File),
            (id(), id()).prop_map(|(indicator, blob)| Field::RemoveFile { indicator, blob }),
            Just(Field::Reason),
            Just(Field::Revision),
            Just(Field::Version),
            Just(Field::Action),
        ]
    }

    /// Drafts and scripts know these names.
    #[test]
    fn the_names_stay_as_they_are() {
        let cell = ["sex.f".to_string(), "age.0-17".to_string()];
        let names = [
            (Field::value("PRT-06", &cell), "v|PRT-06|sex.f/age.0-17"),
            (Field::base("PAR-13", &cell[..1]), "b|PAR-13|sex.f"),
            (Field::value("PRT-03", &[]), "v|PRT-03|"),
            (Field::State("A".into()), "s|A"),
            (Field::Comment("A".into()), "c|A"),
            (Field::Total("A".into()), "t|A"),
            (Field::TotalBase("A".into()), "u|A"),
            (Field::Estimate("A".into()), "e|A"),
            (Field::File("A".into()), "f|A"),
            (Field::Reason, "reason"),
            (Field::Revision, "revision"),
            (Field::Version, "version"),
            (Field::Action, "action"),
        ];
        for (field, name) in names {
            assert_eq!(field.to_string(), name);
        }
    }

    #[test]
    fn another_name_is_no_field() {
        for name in ["", "v", "v|A", "v||sex.f", "s|", "s|A|b", "w|A", "v|A|b|c", "reason|A", "Reason", "x|A"] {
            assert_eq!(name.parse::<Field>(), Err(UnknownField(name.into())));
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(field in field()) {
            prop_assert_eq!(field.to_string().parse(), Ok(field));
        }

        #[test]
        fn what_is_read_is_written_alike(name in "[vbsctuefx|A/.]{0,9}") {
            if let Ok(field) = name.parse::<Field>() {
                prop_assert_eq!(field.to_string().parse(), Ok(field));
            }
        }
    }
}
