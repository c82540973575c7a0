//! Charts under hostile input: no coordinate that a renderer refuses, no text that becomes markup.

use proptest::prelude::*;
use romduol_report::chart::bars::{Bar, BarRow, BarsInput};
use romduol_report::chart::multiples::{MultiplesInput, Panel};
use romduol_report::chart::status::{StatusCount, StatusStripInput};
use romduol_report::chart::trend::{BandLimits, Mark, Threshold, TrendInput, TrendPoint};
use romduol_report::map::{AreaValue, Breaks, MapInput, Outlines, classes};
use romduol_report::*;

fn axis() -> AxisText<'static> {
    AxisText { value: &|v| format!("{v}"), time: &|t| format!("{t:.0}") }
}

/// Ordinary values, equal ones, and everything else an f64 can hold.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![4 => -1e6..1e6, 2 => Just(5.0), 1 => any::<f64>()]
}

fn year() -> impl Strategy<Value = f64> {
    prop_oneof![6 => 1990.0..2040.0, 1 => any::<f64>()]
}

fn trend_input() -> impl Strategy<Value = TrendInput> {
    let point = (year(), number(), any::<bool>(), any::<bool>())
        .prop_map(|(x, y, illustrative, preferred)| TrendPoint { x, y, tooltip: "t".into(), illustrative, preferred });
    let mark = || (year(), number()).prop_map(|(x, y)| Mark { x, y, label: "ស្ត្រី".into() });
    let points = prop::collection::vec(point, 0..8);
    let targets = prop::collection::vec(mark(), 0..4);
    (points, prop::option::of(mark()), targets, number(), number(), prop::option::of(number())).prop_map(
        |(points, baseline, targets, y, width, height)| TrendInput {
            points,
            baseline,
            targets,
            width,
            height,
            unit: "%".into(),
            thresholds: vec![Threshold { y, label: "limit".into() }],
            bands: Some(BandLimits { on_track: 0.9, at_risk: 0.6 }),
            end_label: "last".into(),
            ..TrendInput::default()
        },
    )
}

fn drawable(scene: &Scene) {
    assert!(scene.is_finite(), "{scene:?}");
    let written = svg::svg(scene);
    assert!(!written.contains("NaN") && !written.contains("inf"), "{written}");
}

proptest! {
    /// Outlines come from a file beside the program, that somebody may have written by hand.
    #[test]
    fn a_damaged_map_is_drawable_or_refused(edits in prop::collection::vec((any::<prop::sample::Index>(), "[-0-9e.,{}\\[\\]\"a-z]{0,3}"), 1..6)) {
        let mut text = TWO.to_string();
        for (at, words) in edits {
            let at = at.index(text.len());
            if text.is_char_boundary(at) && text.is_char_boundary(at + 1) {
                text.replace_range(at..at + 1, &words);
            }
        }
        match Outlines::from_geojson(&text) {
            Ok(outlines) => drawable(&map::map(&outlines, &MapInput { width: 300.0, ..MapInput::default() }, &|class| format!("{}", class.low))),
            Err(error) => prop_assert!(error.to_string().len() > 10),
        }
    }
}

proptest! {
    #[test]
    fn a_trend_is_always_drawable(input in trend_input()) {
        drawable(&trend(&input, &axis()));
    }

    #[test]
    fn bars_are_always_drawable(values in prop::collection::vec(prop::option::of(number()), 0..9), target in prop::option::of(number()), width in number()) {
        let row = |value: &Option<f64>| BarRow {
            label: "ភ្នំពេញ".into(),
            bars: vec![Bar { value: *value, text: "1".into(), illustrative: false }, Bar::default()],
            target,
            ..BarRow::default()
        };
        drawable(&bars(&BarsInput { width, rows: values.iter().map(row).collect(), ..BarsInput::default() }));
    }

    #[test]
    fn multiples_are_always_drawable(lines in prop::collection::vec(prop::collection::vec((year(), number()), 0..5), 0..7), width in number()) {
        let panels = lines.into_iter().map(|points| Panel { points, end_label: "1".into(), ..Panel::default() });
        let input = MultiplesInput { width, panels: panels.collect(), target: Some(3.0), ..MultiplesInput::default() };
        drawable(&multiples(&input, &axis()));
    }

    #[test]
    fn a_strip_is_always_drawable(counts in prop::collection::vec((0usize..8, any::<u32>()), 0..9)) {
        let count = |(i, count): (usize, u32)| StatusCount { status: Status::ALL[i], count, number: "1".into(), word: "w".into() };
        let counts = counts.into_iter().map(count).collect();
        drawable(&status_strip(&StatusStripInput { width: 340.0, counts, ..StatusStripInput::default() }));
    }

    #[test]
    fn every_value_falls_into_a_class_that_holds_it(values in prop::collection::vec(-1e6..1e6f64, 1..40), n in 0usize..7) {
        for breaks in [Breaks::Equal(n), Breaks::Quantiles(n), Breaks::Quintiles] {
            let classes = classes(&values, &breaks);
            prop_assert!((1..=5).contains(&classes.len()));
            for value in &values {
                prop_assert!(classes.iter().any(|c| c.low <= *value && *value <= c.high));
            }
        }
    }
}

#[test]
fn nothing_at_all_still_draws() {
    drawable(&trend(&TrendInput::default(), &axis()));
    drawable(&bars(&BarsInput::default()));
    drawable(&multiples(&MultiplesInput::default(), &axis()));
    drawable(&status_strip(&StatusStripInput::default()));
}

#[test]
fn a_small_trend_looks_as_agreed() {
    let point = |x, y| TrendPoint { x, y, tooltip: format!("{x}: {y}"), illustrative: false, preferred: true };
    let input = TrendInput {
        title: "Women in councils".into(),
        description: "Rises from 20 to 30.".into(),
        width: 340.0,
        unit: "%".into(),
        points: vec![point(2022.0, 20.0), point(2024.0, 30.0)],
        baseline: Some(Mark { x: 2022.0, y: 20.0, label: "Baseline".into() }),
        targets: vec![Mark { x: 2030.0, y: 50.0, label: "Target".into() }],
        bands: Some(BandLimits { on_track: 0.9, at_risk: 0.6 }),
        end_label: "30 %".into(),
        ..TrendInput::default()
    };
    insta::assert_snapshot!(svg::svg(&trend(&input, &axis())).replace("><", ">\n<"));
}

#[test]
fn text_never_becomes_markup() {
    let mut scene = Scene::new(200.0, "<b>&\"", "<script>");
    scene.label((0.0, 0.0), "<b>&\"\u{0}", scene::Anchor::Start);
    let shape = scene.shape(scene::Form::Rect { x: 0.0, y: 0.0, width: 1.0, height: 1.0 }, scene::Role::Ink);
    shape.tip("</title>\"");
    shape.href = Some("javascript:alert(1)".into());
    let written = svg::svg(&scene);
    assert!(written.contains("&lt;b&gt;&amp;&quot;</text>"), "{written}");
    assert!(!written.contains("<script>") && !written.contains("<b>") && !written.contains("javascript"));
    assert!(!svg::shapes_only(&scene).contains("title"));
}

const TWO: &str = r#"{"type":"FeatureCollection","features":[
  {"type":"Feature","id":"KH01","properties":{},"geometry":{"type":"Polygon","coordinates":[[[103,12],[104,12],[104,13],[103,12]]]}},
  {"type":"Feature","properties":{"id":2},"geometry":{"type":"MultiPolygon","coordinates":[[[[104,12],[105,12],[105,13],[104,12]]]]}},
  {"type":"Feature","id":"point","geometry":{"type":"Point","coordinates":[104,12]}}]}"#;

#[test]
fn a_map_shades_values_hatches_the_rest_and_links() {
    let outlines = Outlines::from_geojson(TWO).unwrap();
    assert_eq!(outlines.ids().collect::<Vec<_>>(), ["KH01", "2"]);
    let value = AreaValue {
        value: Some(4.0), tooltip: "បន្ទាយមានជ័យ: 4".into(), href: Some("/areas/KH01".into())
    };
    let input = MapInput { width: 340.0, values: [("KH01".to_owned(), value)].into(), ..MapInput::default() };
    let scene = map::map(&outlines, &input, &|class| format!("{} {}", class.low, class.high));
    drawable(&scene);
    let written = svg::svg(&scene);
    assert!(written.contains("c-level-2") && written.contains("c-nodata") && written.contains("/areas/KH01"));
}

#[test]
fn a_broken_map_says_what_is_wrong() {
    let error = |text: &str| Outlines::from_geojson(text).unwrap_err().to_string();
    assert!(error("{").contains("not GeoJSON"));
    assert!(error(&TWO.replace("\"id\":2", "\"x\":2")).contains("feature 2"));
    assert!(error(&TWO.replace("103,13", "1,1").replace("103,12", "999,12")).contains("KH01"));
    assert!(error(r#"{"features":[]}"#).contains("no polygons"));
}
