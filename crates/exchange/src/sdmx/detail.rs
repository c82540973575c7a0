//! How much is told of each observation, as explorers ask for less than all. Refuses to know formats.

use super::{Dataset, Row};

/// How much is told of each observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    Full,
    /// Without attributes.
    Values,
    /// Which series there are.
    Keys,
}

impl Detail {
    /// The dataset and its rows with less in them; none where nothing is left out.
    pub fn of(self, data: &Dataset, rows: &[&Row]) -> (Option<Dataset>, Vec<Row>) {
        let bare = |row: &&Row| Row { attributes: Vec::new(), ..(*row).clone() };
        let rows: Vec<Row> = match self {
            Detail::Full => return (None, Vec::new()),
            Detail::Values => rows.iter().map(bare).collect(),
            Detail::Keys => {
                let series = rows.chunk_by(|a, b| a.key == b.key).filter_map(|series| series.first());
                series.map(bare).map(|row| Row { period: String::new(), value: None, ..row }).collect()
            }
        };
        let less = Dataset { attributes: Vec::new(), rows: Vec::new(), ..data.clone() };
        (Some(less), rows)
    }
}
