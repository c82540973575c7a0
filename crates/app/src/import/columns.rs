//! The header of a file of returns: which column holds what. Refuses to know rows.

use std::io::BufRead;

use romduol_plan::kinds::{Dimension, Id};
use romduol_plan::{Say, State};
use romduol_spreadsheet::header;

use super::lines::Lines;
use super::units::{Part, UnitColumns};

/// Which column holds what.
pub(super) struct Columns {
    pub unit: UnitColumns,
    /// What else names a part of the unit.
    pub beside: Vec<(Part, usize)>,
    pub period: usize,
    pub indicator: usize,
    pub value: usize,
    pub base: Option<usize>,
    pub state: Option<usize>,
    pub estimate: Option<usize>,
    pub comment: Option<usize>,
    pub dimensions: Vec<(Id, usize)>,
    /// Columns without a name: what stands in them belongs nowhere.
    pub nameless: Vec<usize>,
    /// The names as the file has them.
    pub names: Vec<String>,
}

/// Columns that the program puts before refused rows, so that the file comes back as it went out.
pub(super) const OF_REJECTS: [&str; 2] = ["line", "reason"];

const KNOWN: [&str; 11] = [
    "assignment",
    "form",
    "area",
    "institution",
    "period",
    "indicator",
    "value",
    "base",
    "state",
    "estimate",
    "comment",
];

impl Columns {
    /// Reads the header, with which `rows` begin.
    pub fn read<R: BufRead>(state: &State, rows: &mut Lines<R>) -> std::io::Result<Result<Columns, Say>> {
        let names = match rows.advance()? {
            true => rows.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect(),
            false => Vec::new(),
        };
        Ok(Columns::of(state, names))
    }

    /// Whether a cleaned name is that of a column.
    pub fn knows(state: &State, name: &str) -> bool {
        KNOWN.contains(&name) || OF_REJECTS.contains(&name) || dimension(state, name).is_some()
    }

    /// A header that names something unknown is refused: it may be a misspelt dimension.
    fn of(state: &State, names: Vec<String>) -> Result<Columns, Say> {
        let plain: Vec<String> = names.iter().map(|name| header::name(name)).collect();
        let find = |name: &str| plain.iter().position(|n| n == name);
        let need = |name: &str| find(name).ok_or_else(|| Say::new("import-no-column").words("value", name));
        let (mut dimensions, mut nameless) = (Vec::new(), Vec::new());
        for (n, name) in plain.iter().enumerate() {
            let shown = || names[n].chars().take(60).collect::<String>();
            if name.is_empty() {
                nameless.push(n);
            } else if find(name) != Some(n) {
                return Err(Say::new("import-column-twice").words("value", shown()));
            } else if let Some(id) = dimension(state, name) {
                dimensions.push((id, n));
            } else if !Columns::knows(state, name) {
                return Err(Say::new("import-unknown-column").words("value", shown()));
            }
        }
        let unit_parts = [(Part::Form, "form"), (Part::Area, "area"), (Part::Institution, "institution")];
        let named = |(part, name)| Some((part, find(name)?));
        let mut beside: Vec<(Part, usize)> = unit_parts.into_iter().filter_map(named).collect();
        let unit = match (find("assignment"), find("form"), find("area"), find("institution")) {
            (Some(assignment), ..) => UnitColumns::Assignment(assignment),
            (None, Some(form), Some(area), _) => UnitColumns::FormArea(form, area),
            (None, Some(form), None, Some(institution)) => UnitColumns::FormInstitution(form, institution),
            _ => return Err(Say::new("import-no-column").words("value", "assignment")),
        };
        beside.retain(|(part, _)| match unit {
            UnitColumns::Assignment(_) => true,
            UnitColumns::FormArea(..) => *part == Part::Institution,
            UnitColumns::FormInstitution(..) => false,
        });
        Ok(Columns {
            unit,
            beside,
            period: need("period")?,
            indicator: need("indicator")?,
            value: need("value")?,
            base: find("base"),
            state: find("state"),
            estimate: find("estimate"),
            comment: find("comment"),
            dimensions,
            nameless,
            names,
        })
    }
}

/// The dimension that a cleaned name stands for.
fn dimension(state: &State, name: &str) -> Option<Id> {
    let named = |dimension: &&std::sync::Arc<Dimension>| header::name(&dimension.id) == name;
    state.all::<Dimension>().find(named).map(|dimension| dimension.id.clone())
}
