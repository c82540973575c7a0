//! The codes of a plan's places, indicators, dimensions and categories as statistics offices write them. Refuses to know
//! numbers.

use std::collections::{BTreeMap, BTreeSet};

use romduol_exchange::sdmx::{Code, CodeList, Dimension, Names};
use romduol_locale::Locale;
use romduol_plan::kinds::Id;
use romduol_plan::{Frequency, Lang, Period, Text};

use crate::content::{Content, unknown};

/// Dimensions that the global structure of the Sustainable Development Goals knows, in its order.
const GLOBAL: [(&str, &str); 7] = [
    ("sex", "SEX"),
    ("age", "AGE"),
    ("urbanisation", "URBANISATION"),
    ("quantile", "INCOME_WEALTH_QUANTILE"),
    ("education", "EDUCATION_LEV"),
    ("occupation", "OCCUPATION"),
    ("disability", "DISABILITY_STATUS"),
];

/// Categories whose global code is not their own name. In the global list PD is with and PWD is without a disability.
const CATEGORIES: [(&str, &str); 2] = [("disability.with", "PD"), ("disability.without", "PWD")];

/// Ids that stand for something else in the structure.
const TAKEN: [&str; 4] = ["FREQ", "SERIES", "REF_AREA", "VALUE_TYPE"];

pub const TOTAL: &str = "_T";
const NOT_STATED: &str = "_U";

/// A dimension of the plan and its codes.
pub struct Axis {
    pub plan: Id,
    pub id: String,
    /// The code of each category and of what was not stated.
    pub codes: BTreeMap<Id, String>,
}

/// All dimensions of the plan: first those with a global id in the global order, then the others in the plan's order.
pub fn axes(content: &Content) -> Vec<Axis> {
    let known = |plan: &str| GLOBAL.iter().position(|(own, _)| *own == plan);
    let mut dimensions: Vec<&Id> = content.body.dimensions.iter().map(|dimension| &dimension.id).collect();
    dimensions.sort_by_key(|plan| known(plan).unwrap_or(GLOBAL.len()));
    dimensions.into_iter().map(|plan| axis(content, plan)).collect()
}

fn axis(content: &Content, plan: &Id) -> Axis {
    let id = match GLOBAL.iter().find(|(own, _)| own == plan) {
        Some((_, id)) => (*id).to_string(),
        None => match word(plan).to_uppercase() {
            id if TAKEN.contains(&id.as_str()) || !id.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                format!("D_{id}")
            }
            id => id,
        },
    };
    let mut codes = BTreeMap::from([(unknown(plan), NOT_STATED.to_string())]);
    let mut taken: BTreeSet<String> = [TOTAL, NOT_STATED].map(Into::into).into();
    for category in content.body.categories.iter().filter(|category| category.dimension == *plan) {
        let own = code(plan, &category.id);
        let mut free = own.clone();
        let mut n = 2;
        while !taken.insert(free.clone()) {
            free = format!("{own}_{n}");
            n += 1;
        }
        codes.insert(category.id.clone(), free);
    }
    Axis { plan: plan.clone(), id, codes }
}

/// `sex.f` is `F`, `age.18-24` is `Y18T24`, `age.60+` is `Y_GE60`.
fn code(dimension: &str, category: &str) -> String {
    if let Some((_, code)) = CATEGORIES.iter().find(|(own, _)| *own == category) {
        return (*code).into();
    }
    let own = category.strip_prefix(dimension).and_then(|rest| rest.strip_prefix('.')).unwrap_or(category);
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if dimension == "age" {
        match (own.split_once('-'), own.strip_suffix('+')) {
            (Some((from, to)), _) if number(from) && number(to) => return format!("Y{from}T{to}"),
            (_, Some(from)) if number(from) => return format!("Y_GE{from}"),
            _ => {}
        }
    }
    word(own).to_uppercase()
}

/// Letters, digits and dashes as they are, anything else as a low line.
pub fn word(text: &str) -> String {
    let allowed = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    let word: String = text.chars().map(allowed).collect();
    if word.is_empty() { "_".into() } else { word }
}

pub fn frequency(period: Period) -> &'static str {
    match period.frequency() {
        Frequency::Month => "M",
        Frequency::Quarter => "Q",
        Frequency::Half => "S",
        Frequency::Year => "A",
    }
}

/// `2024Q3` is `2024-Q3`.
pub fn period(period: Period) -> String {
    match period.frequency() {
        Frequency::Quarter | Frequency::Half => {
            let text = period.to_string();
            let (year, part) = text.split_at(text.len() - 2);
            format!("{year}-{part}")
        }
        Frequency::Month | Frequency::Year => period.to_string(),
    }
}

/// A sentence in every language.
pub fn said(key: &str) -> Names {
    Lang::ALL.map(|lang| (lang.code().into(), Locale::of(lang).t(key))).into()
}

/// What the plan says in every language; nothing where it has no words in one.
pub fn written(text: &Text) -> Names {
    let of = |lang: Lang| (!text.lacks(lang)).then(|| (lang.code().to_string(), text.get(lang).to_string()));
    Lang::ALL.into_iter().filter_map(of).collect()
}

/// The names, or the id where there are none.
pub fn titled(text: &Text, id: &str) -> Names {
    match written(text) {
        names if names.is_empty() => vec![(Lang::En.code().into(), id.into())],
        names => names,
    }
}

pub fn coded(id: impl Into<String>, name: Names) -> Code {
    Code { id: id.into(), name, description: Names::new() }
}

fn fixed(id: &str, key: &str, codes: &[(&str, &str)]) -> CodeList {
    let codes = codes.iter().map(|(id, key)| coded(*id, said(key))).collect();
    CodeList { id: format!("CL_{id}"), name: said(key), codes }
}

/// The code lists of all dimensions.
pub fn lists(content: &Content, axes: &[Axis]) -> Vec<CodeList> {
    let body = &content.body;
    let frequencies = [("A", "open-year"), ("S", "open-half-year"), ("Q", "open-quarter"), ("M", "open-month")];
    let types =
        [("ACT", "open-type-act"), ("TGT", "open-type-tgt"), ("BSL", "open-type-bsl"), ("THR", "open-type-thr")];
    let series = body.indicators.iter().map(|measured| Code {
        id: word(&measured.indicator.id),
        name: titled(&measured.indicator.name, &measured.indicator.id),
        description: written(&measured.indicator.definition),
    });
    let areas = body.areas.iter().map(|area| coded(word(&area.id), titled(&area.name, &area.id)));
    let mut lists = vec![
        fixed("FREQ", "open-frequency", &frequencies),
        fixed("REPORTING_TYPE", "open-reporting", &[("N", "open-national")]),
        CodeList { id: "CL_SERIES".into(), name: said("open-indicator"), codes: series.collect() },
        CodeList { id: "CL_AREA".into(), name: said("open-area"), codes: areas.collect() },
    ];
    lists.extend(axes.iter().map(|axis| of_axis(content, axis)));
    lists.push(fixed("VALUE_TYPE", "open-type", &types));
    lists
}

fn of_axis(content: &Content, axis: &Axis) -> CodeList {
    let own = content.body.categories.iter().filter(|category| category.dimension == axis.plan);
    let own = own.map(|category| coded(&axis.codes[&category.id], titled(&category.name, &category.id)));
    let first = coded(TOTAL, said("open-total"));
    let last = coded(NOT_STATED, said("open-not-stated"));
    let codes = [first].into_iter().chain(own).chain([last]).collect();
    CodeList { id: format!("CL_{}", axis.id), name: name(content, axis), codes }
}

fn name(content: &Content, axis: &Axis) -> Names {
    let own = content.body.dimensions.iter().find(|dimension| dimension.id == axis.plan);
    own.map_or_else(Names::new, |dimension| titled(&dimension.name, &dimension.id))
}

/// The dimensions in the order of the key.
pub fn dimensions(content: &Content, axes: &[Axis]) -> Vec<Dimension> {
    let fixed = |id: &str, key: &str, list: &str| Dimension { id: id.into(), name: said(key), list: list.into() };
    let mut all = vec![
        fixed("FREQ", "open-frequency", "CL_FREQ"),
        fixed("REPORTING_TYPE", "open-reporting", "CL_REPORTING_TYPE"),
        fixed("SERIES", "open-indicator", "CL_SERIES"),
        fixed("REF_AREA", "open-area", "CL_AREA"),
    ];
    let own =
        |axis: &Axis| Dimension { id: axis.id.clone(), name: name(content, axis), list: format!("CL_{}", axis.id) };
    all.extend(axes.iter().map(own));
    all.push(fixed("VALUE_TYPE", "open-type", "CL_VALUE_TYPE"));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_global_lists() {
        let told = ["sex.f", "age.0-17", "age.60+", "disability.with", "disability.without", "rank.senior"];
        let told = told.map(|id| code(id.split_once('.').unwrap().0, id));
        assert_eq!(told, ["F", "Y0T17", "Y_GE60", "PD", "PWD", "SENIOR"]);
        let periods = ["2024", "2024S2", "2024Q3", "2024-07"].map(|text| period(text.parse().unwrap()));
        assert_eq!(periods, ["2024", "2024-S2", "2024-Q3", "2024-07"]);
    }
}
