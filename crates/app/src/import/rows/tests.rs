//! A good file of returns, damaged anywhere: every row is in one return or named with its reason, and none is in both.

use std::collections::HashSet;
use std::io::Write;
use std::path::Path;
use std::sync::OnceLock;

use proptest::prelude::*;
use romduol_locale::Locale;
use romduol_plan::answers::{has_base, questions};
use romduol_plan::{Actor, Entry, Lang};

use super::super::source::Source;
use super::*;
use crate::AppError;

pub fn plan() -> &'static State {
    static PLAN: OnceLock<State> = OnceLock::new();
    PLAN.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps");
        let changes = crate::package::changes(&crate::package::files(&folder).unwrap()).unwrap();
        let actor = Actor { account: "test".into(), post: "secretariat".into() };
        let mut state = State::default();
        state.apply(1, &Entry { at: "2026-11-24T00:00:00Z".into(), actor, why: "test".into(), changes }).unwrap();
        state
    })
}

/// Two provinces, two periods, the cells of all their indicators with a number each.
fn good() -> &'static str {
    static GOOD: OnceLock<String> = OnceLock::new();
    GOOD.get_or_init(|| {
        let state = plan();
        let dimensions: Vec<&Id> = state.all::<Dimension>().map(|dimension| &dimension.id).collect();
        let names: String = dimensions.iter().map(|id| format!("{id},")).collect();
        let mut text = format!("form,area,period,indicator,{names}value,base,comment\n");
        for (area, period) in [("KH-01", "2026Q1"), ("KH-01", "2026Q2"), ("KH-12", "2026Q2")] {
            let unit = state.find::<Assignment>(&format!("province-quarter.{area}")).unwrap();
            for question in questions(state, unit) {
                for categories in question.grid.0.iter().take(4) {
                    let of = |dimension: &&Id| {
                        let own =
                            categories.iter().find(|id| state.find::<Category>(id).unwrap().dimension == **dimension);
                        own.map_or(",".to_string(), |id| format!("{id},"))
                    };
                    let groups: String = dimensions.iter().map(of).collect();
                    let base = if has_base(question.indicator.kind) { "20" } else { "" };
                    text += &format!(
                        "{},{area},{period},{},{groups}12,{base},\"seen, ok\"\n",
                        unit.form, question.indicator.id
                    );
                }
            }
        }
        text
    })
}

/// A file of these bytes, opened.
fn opened(bytes: &[u8]) -> Result<Source, AppError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    Source::open(plan(), file.path())
}

/// Reads everything: the numbers of the rows of all returns, and of all refusals.
fn read(bytes: &[u8]) -> Result<(u64, Vec<u64>), AppError> {
    let source = opened(bytes)?;
    let (mut taken, mut refused, mut known) = (0, Vec::new(), HashSet::new());
    for event in Rows::new(plan(), source.lines().unwrap(), &source.header) {
        match event {
            Event::Group(group) => {
                assert!(known.insert((group.assignment.id.clone(), group.period)), "a return comes once");
                assert!(group.rows.refused.is_sorted() && group.rows.foreign.is_sorted());
                taken += group.rows.good();
            }
            Event::Rejected(Rejected { stretch, row, reason }) => {
                assert!(stretch.from.position < stretch.end && row > 1);
                told(&reason);
                refused.push(row);
            }
        }
    }
    let mut once = refused.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), refused.len(), "a row is refused once");
    Ok((taken, refused))
}

fn told(reason: &Say) {
    for lang in Lang::ALL {
        let text = Locale::of(lang).tell(reason);
        assert!(text.len() > 5 && text != reason.key && text.len() < 2_000, "{text}");
    }
}

#[test]
fn a_good_file_is_taken_whole() {
    assert_eq!(read(good().as_bytes()).unwrap(), (good().lines().count() as u64 - 1, vec![]));
}

#[test]
fn a_row_of_a_return_says_where_it_stands() {
    let text = "form,area,period,indicator,value\n\nprovince-quarter,KH-01,2026Q1,PRT-06,x\n\n\
                province-quarter,KH-99,2026Q1,PRT-06,1\nprovince-quarter,KH-01,2026Q1,PRT-08,1\n";
    let source = opened(text.as_bytes()).unwrap();
    let events: Vec<Event> = Rows::new(plan(), source.lines().unwrap(), &source.header).collect();
    let [Event::Rejected(number), Event::Rejected(unit), Event::Group(group)] = &events[..] else { panic!() };
    assert_eq!((number.row, unit.row, &group.rows.refused, &group.rows.foreign), (3, 5, &vec![3], &vec![5]));
    assert_eq!(group.rows.good(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_row_is_taken_or_refused(edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), any::<bool>()), 1..12)) {
        let mut bytes = good().as_bytes().to_vec();
        for (at, value, inside) in edits {
            let at = at.index(bytes.len());
            if inside { bytes[at] = value } else { bytes.insert(at, [b'"', b',', b'\n', value][usize::from(value % 4)]) }
        }
        match read(&bytes) {
            Ok((taken, refused)) => {
                let source = opened(&bytes).unwrap();
                let (mut lines, mut records) = (source.lines().unwrap(), 0);
                while lines.advance().unwrap_or(true) {
                    records += 1;
                }
                prop_assert_eq!(taken + refused.len() as u64, records);
            }
            Err(header) => told(&header.say()),
        }
    }
}
