//! A good file of returns, damaged anywhere: every row is in one return or named with its reason, and none is in both.

use std::path::Path;
use std::sync::OnceLock;

use proptest::prelude::*;
use romduol_locale::Locale;
use romduol_plan::{Actor, Entry, Lang};

use super::*;

fn plan() -> &'static State {
    static PLAN: OnceLock<State> = OnceLock::new();
    PLAN.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps");
        let changes = crate::package::changes(&crate::package::files(&folder).unwrap()).unwrap();
        let actor = Actor { account: "test".into(), post: "secretariat".into() };
        let mut state = State::default();
        state.apply(1, &Entry { at: "2026-11-24T00:00:00Z".into(), actor, why: "test".into(), changes });
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
                    text += &format!(
                        "{},{area},{period},{},{groups}12,20,\"seen, ok\"\n",
                        unit.form, question.indicator.id
                    );
                }
            }
        }
        text
    })
}

/// Reads everything: the rows of all returns, and of all refusals.
fn read(bytes: &[u8]) -> Result<(u64, u64), Say> {
    let mut rows = Rows::new(plan(), bytes, b',', "no row".into())?;
    let (mut taken, mut refused, mut rejected) = (0, 0, Vec::new());
    while let Some(group) = rows.next(&mut rejected) {
        taken += group.place.rows;
        assert!(group.place.bytes.end <= bytes.len() as u64 && group.place.line > 1);
        assert_eq!(group.answers.len(), group.questions.len());
    }
    for Rejected { place, reason } in &rejected {
        refused += place.rows;
        assert!(place.bytes.start < place.bytes.end && place.bytes.end <= bytes.len() as u64);
        told(reason);
    }
    assert_eq!(rows.position(), bytes.len() as u64);
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
    assert_eq!(read(good().as_bytes()).unwrap(), (good().lines().count() as u64 - 1, 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_row_is_taken_or_refused(edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), any::<bool>()), 1..12)) {
        let mut bytes = good().as_bytes().to_vec();
        for (at, value, inside) in edits {
            let at = at.index(bytes.len());
            if inside { bytes[at] = value } else { bytes.insert(at, [b'"', b',', b'\n', value][usize::from(value % 4)]) }
        }
        let mut lines = Lines::new(bytes.as_slice(), b',');
        let mut records = 0;
        while lines.advance().unwrap_or(true) {
            records += 1;
        }
        match read(&bytes) {
            Ok((taken, refused)) => prop_assert_eq!(taken + refused, records - 1),
            Err(header) => told(&header),
        }
    }
}
