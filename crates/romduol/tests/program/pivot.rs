//! Pivot tables of the reference plan with its illustrative returns: each cell is the roll-up that a single question for
//! it gives, totals are roll-ups of their own, missing is not zero, and a choice leads back to itself.

use std::path::Path;

use romduol_app::{demo, package};
use romduol_plan::kinds::*;
use romduol_plan::pivot::{Axis, Choice, Head, MOST_CELLS, Measure, Table, table};
use romduol_plan::readings::View;
use romduol_plan::totals::Totals;
use romduol_plan::{Actor, Date, Entry, Frequency, Period, State};

fn state() -> State {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps");
    let plan = package::changes(&package::files(&folder).unwrap()).unwrap();
    let mut state = State::default();
    let entry = |changes| {
        let actor = Actor { account: "test".into(), post: "test".into() };
        Entry { at: String::new(), actor, why: String::new(), changes }
    };
    state.apply(1, &entry(plan)).unwrap();
    let today = Date { year: 2026, month: 11, day: 23 };
    state.apply(2, &entry(demo::returns(&state, today).into_values().flatten().collect())).unwrap();
    state
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let pair = |text: &str| text.split_once('=').map(|(name, value)| (name.to_string(), value.to_string()));
    query.split('&').filter_map(pair).collect()
}

fn read(view: &View, query: &str) -> (Choice, Vec<String>) {
    let (choice, says) = Choice::read(view, &pairs(query), &|_| true).unwrap();
    (choice, says.into_iter().map(|say| say.key.into_owned()).collect())
}

/// The place and period that a cell is about, by its heads.
fn about(choice: &Choice, made: &Table, heads: [&Head; 2]) -> (String, Option<Period>) {
    let place = heads.iter().find_map(|h| if let Head::Place(area) = h { Some(area.id.clone()) } else { None });
    let period = heads.iter().find_map(|h| if let Head::Period(period) = h { Some(*period) } else { None });
    (place.unwrap_or(choice.place.id.clone()), period.or(made.at))
}

/// Every indicator by place and period, in quarters and in years, against one question a cell.
#[test]
fn places_by_periods_are_single_totals() {
    let state = state();
    let totals = Totals::build(&state, true);
    let view = View { state: &state, totals: &totals, illustrative: true };
    let (mut numbers, mut sums) = (0, 0);
    for indicator in state.all::<Indicator>() {
        for every in ["quarter", "year"] {
            let query = format!("indicator={}&rows=place&columns=period&level=province&every={every}", indicator.id);
            let (choice, _) = read(&view, &query);
            let made = table(&view, &choice).unwrap();
            for (row, cells) in made.rows.iter().zip(&made.sections[0].cells) {
                for (column, cell) in made.columns.iter().zip(cells) {
                    let (place, Some(period)) = about(&choice, &made, [row, column]) else { continue };
                    let Some(cell) = cell.filter(|_| *column != Head::Total) else { continue };
                    let single = totals.total(indicator, &place, period);
                    assert_eq!(cell.value, single.map(|t| t.value), "{} {place} {period}", indicator.id);
                    if let Some(single) = single {
                        assert_eq!((cell.reported, cell.expected), (single.reported, single.expected));
                        assert!(cell.illustrative);
                        numbers += 1;
                        sums += usize::from(*row == Head::Total);
                    }
                }
            }
        }
    }
    assert!(numbers > 2_000 && sums > 100, "{numbers} numbers, {sums} of them totals");
}

/// Groups in rows and columns, in either order, add up to the total that a single question gives.
#[test]
fn groups_add_up_to_the_total() {
    let state = state();
    let totals = Totals::build(&state, true);
    let view = View { state: &state, totals: &totals, illustrative: true };
    let indicator = state.find::<Indicator>("PRT-06").unwrap();
    // The quarter after it waits for its verifier.
    let period: Period = "2026Q1".parse().unwrap();
    for (rows, columns) in [("group-sex", "group-age"), ("group-age", "group-sex")] {
        let query = format!("indicator=PRT-06&rows={rows}&columns={columns}&place=KH-12&to=2026Q1");
        let (choice, says) = read(&view, &query);
        assert_eq!(says, Vec::<String>::new());
        let made = table(&view, &choice).unwrap();
        assert_eq!(made.at, Some(period));
        let cells = &made.sections[0].cells;
        let value = |row: usize, column: usize| cells[row][column].and_then(|cell| cell.value).unwrap();
        let (last_row, last_column) = (made.rows.len() - 1, made.columns.len() - 1);
        assert_eq!((&made.rows[last_row], &made.columns[last_column]), (&Head::Total, &Head::Total));
        for row in 0..=last_row {
            assert_eq!((0..last_column).map(|column| value(row, column)).sum::<f64>(), value(row, last_column));
        }
        let total = totals.total(indicator, "KH-12", period).unwrap();
        assert_eq!(value(last_row, last_column), total.value);
        for (id, single) in totals.breakdown(&state, indicator, &rows[6..], "KH-12", period) {
            let category = state.find::<Category>(&id.unwrap()).unwrap();
            let row = made.rows.iter().position(|head| *head == Head::Category(category.clone())).unwrap();
            assert_eq!(value(row, last_column), single.value);
        }
    }
}

/// A ratio in a total is divided anew: between its parts, and the quotient of the shown numerator and denominator.
#[test]
fn ratios_are_divided_anew() {
    let state = state();
    let totals = Totals::build(&state, true);
    let view = View { state: &state, totals: &totals, illustrative: true };
    let shown = |measure: Measure| {
        let query = format!("indicator=PAR-13&rows=place&columns=group-seat&measure={}", measure.code());
        let made = table(&view, &read(&view, &query).0).unwrap();
        made.sections[0].cells.iter().flatten().map(|cell| cell.unwrap().value).collect::<Vec<_>>()
    };
    let [values, numerators, denominators] = [Measure::Value, Measure::Numerator, Measure::Denominator].map(shown);
    assert!(values.iter().flatten().count() > 40);
    for ((value, numerator), denominator) in values.iter().zip(numerators).zip(denominators) {
        assert_eq!(value.is_some(), numerator.is_some());
        if let Some(value) = value {
            assert!((value - 100.0 * numerator.unwrap() / denominator.unwrap()).abs() < 1e-9);
        }
    }
}

/// A place that did not report has no number, and the coverage says that one was to come; without made-up data nothing
/// is there at all.
#[test]
fn missing_is_not_zero() {
    let state = state();
    let totals = Totals::build(&state, true);
    let view = View { state: &state, totals: &totals, illustrative: true };
    let made = table(&view, &read(&view, "indicator=PRT-08&rows=place&columns=period").0).unwrap();
    let missing: Vec<_> = made.cells().filter(|cell| cell.value.is_none()).collect();
    assert!(!missing.is_empty());
    assert!(missing.iter().all(|cell| cell.reported == 0 && cell.expected == 1));
    let real = Totals::build(&state, false);
    let view = View { state: &state, totals: &real, illustrative: false };
    assert!(table(&view, &read(&view, "indicator=PRT-08").0).unwrap().is_empty());
}

#[test]
fn a_choice_leads_back_to_itself() {
    let state = state();
    let totals = Totals::build(&state, true);
    let view = View { state: &state, totals: &totals, illustrative: true };
    for query in [
        "",
        "indicator=PRT-06&indicator=RAR-04&rows=group-sex&columns=indicator&place=KH-12&coverage=columns",
        "indicator=PAR-15&rows=period&columns=group-rank&measure=denominator&from=2024&to=2024",
    ] {
        let (choice, says) = read(&view, query);
        assert_eq!(says, Vec::<String>::new(), "{query}");
        assert!(!table(&view, &choice).unwrap().is_empty(), "{query}");
        let again: Vec<(String, String)> = choice.pairs().into_iter().map(|(name, v)| (name.to_string(), v)).collect();
        assert_eq!(Choice::read(&view, &again, &|_| true).unwrap().0.pairs(), choice.pairs());
    }
}

/// What is unknown is named and left out; what may not be read is as unknown as what does not exist.
#[test]
fn nonsense_is_named_and_left_out() {
    let state = state();
    let totals = Totals::build(&state, true);
    let view = View { state: &state, totals: &totals, illustrative: true };
    let (choice, says) = read(&view, "indicator=XX&place=Atlantis&level=moon&rows=place&columns=place&from=yesterday");
    let unknown = "pivot-unknown";
    assert_eq!(says, [unknown, unknown, unknown, unknown, "pivot-same-axis"]);
    assert_eq!((choice.rows, choice.columns), (Axis::Place, Axis::Period));
    let (choice, says) = read(&view, "indicator=PRT-03&every=quarter&measure=numerator&columns=group-sex");
    assert_eq!((choice.every, says), (Frequency::Year, vec!["pivot-not-by-quarter".into(), unknown.to_string()]));
    let open = |indicator: &Indicator| indicator.class == Class::Public;
    let (choice, says) = Choice::read(&view, &pairs("indicator=PRT-06&indicator=PRT-08"), &open).unwrap();
    assert_eq!((choice.indicators.len(), says[0].key.as_ref()), (1, unknown));
}

#[test]
fn too_many_cells_are_refused_with_a_way_out() {
    let state = state();
    let totals = Totals::build(&state, true);
    let view = View { state: &state, totals: &totals, illustrative: true };
    let query = "indicator=PRT-08&rows=place&columns=period&level=commune&every=quarter";
    let refused = table(&view, &read(&view, query).0).unwrap_err();
    assert_eq!(refused.key, "pivot-too-many");
    assert!(refused.number_of("cells").unwrap() > MOST_CELLS as f64);
}
