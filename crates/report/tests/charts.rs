//! Charts under hostile input: no coordinate that a renderer refuses, no text that becomes markup.

use proptest::prelude::*;
use romduol_report::chart::bars::{Bar, BarRow, BarsInput};
use romduol_report::chart::multiples::{MultiplesInput, Panel};
use romduol_report::chart::status::{StatusCount, StatusStripInput};
use romduol_report::chart::trend::{BandLimits, Mark, Threshold, TrendInput, TrendPoint};
use romduol_report::map::{AreaValue, Breaks, MapInput, Outlines, classes};
use romduol_report::*;

fn axis() -> AxisText<'static> {
    AxisText { value: &|v| format!("{v}"), time: &|t| format!("{t:.0}"), cut: &|v| format!("from {v}") }
}

/// Ordinary values, equal ones, and everything else an f64 can hold.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![4 => -1e6..1e6, 2 => Just(5.0), 1 => any::<f64>()]
}

fn year() -> impl Strategy<Value = f64> {
    prop_oneof![6 => 1990.0..2040.0, 1 => any::<f64>()]
}

fn trend_input() -> impl Strategy<Value = TrendInput> {
    let point = (year(), number(), number(), any::<[bool; 3]>()).prop_map(|(x, y, span, flags)| {
        let [illustrative, preferred, incomplete] = flags;
        TrendPoint { x, y, span, tooltip: "t".into(), incomplete, illustrative, preferred }
    });
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
            bars: vec![Bar { value: *value, text: "1".into(), ..Bar::default() }, Bar::default()],
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
                let shown = (value * 10.0).round() / 10.0;
                let held = classes.iter().filter(|c| c.low <= shown && shown <= c.high).count();
                prop_assert_eq!(held, 1, "{} in {:?}", shown, classes);
            }
        }
    }

    #[test]
    fn classes_of_whole_numbers_are_whole_and_hold_each_value_once(values in prop::collection::vec(0u32..40, 1..30), n in 0usize..7) {
        let values: Vec<f64> = values.into_iter().map(f64::from).collect();
        for breaks in [Breaks::Equal(n), Breaks::Quantiles(n), Breaks::Quintiles, Breaks::Given(vec![5.0, 10.5])] {
            let classes = classes(&values, &breaks);
            prop_assert!(classes.iter().all(|c| c.low.fract() == 0.0 && c.high.fract() == 0.0 && c.low <= c.high), "{:?}", classes);
            for value in &values {
                prop_assert_eq!(classes.iter().filter(|c| c.low <= *value && *value <= c.high).count(), 1);
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
    let point = |x, y| TrendPoint { x, y, tooltip: format!("{x}: {y}"), preferred: true, ..TrendPoint::default() };
    let input = TrendInput {
        title: "Women in councils".into(),
        description: "Rises from 20 to 30.".into(),
        width: 340.0,
        unit: "%".into(),
        points: vec![point(2022.5, 20.0), point(2024.5, 30.0)],
        baseline: Some(Mark { x: 2022.5, y: 20.0, label: "Baseline".into() }),
        targets: vec![Mark { x: 2030.5, y: 50.0, label: "Target".into() }],
        bands: Some(BandLimits { on_track: 0.9, at_risk: 0.6 }),
        end_label: "30 %".into(),
        ..TrendInput::default()
    };
    insta::assert_snapshot!(svg::svg(&trend(&input, &axis())).replace("><", ">\n<"));
}

/// Where a label stands.
fn at(scene: &Scene, text: &str) -> f64 {
    scene.labels.iter().find(|label| label.text == text).unwrap_or_else(|| panic!("no {text}")).x
}

fn yearly(values: &[f64], incomplete: usize) -> TrendInput {
    let point = |(n, y): (usize, &f64)| TrendPoint {
        x: 2020.5 + n as f64,
        y: *y,
        span: 1.0,
        tooltip: format!("{n}"),
        incomplete: n >= incomplete,
        preferred: true,
        ..TrendPoint::default()
    };
    TrendInput {
        width: 340.0,
        unit: "%".into(),
        points: values.iter().enumerate().map(point).collect(),
        ..TrendInput::default()
    }
}

#[test]
fn a_value_a_target_and_a_baseline_stand_over_their_year() {
    let mark = |x, label: &str| Mark { x, y: 40.0, label: label.into() };
    let input = TrendInput {
        baseline: Some(mark(2019.5, "B")),
        targets: vec![mark(2023.5, "T")],
        ..yearly(&[20.0, 30.0, 35.0], 9)
    };
    let scene = trend(&input, &axis());
    let tipped = |tip: &str| {
        let shape = scene.shapes.iter().find(|shape| shape.tooltip.as_deref() == Some(tip)).unwrap();
        match shape.form {
            scene::Form::Circle { x, .. } => x,
            scene::Form::Rect { x, width, .. } => x + width / 2.0,
            _ => panic!("{shape:?}"),
        }
    };
    for (tip, year) in [("0", "2020"), ("1", "2021"), ("2", "2022"), ("T", "2023"), ("B", "2019")] {
        assert!((tipped(tip) - at(&scene, year)).abs() < 0.1, "{tip} stands over {year}");
    }
}

#[test]
fn no_line_leads_to_a_part_of_a_sum() {
    let scene = trend(&yearly(&[140.0, 149.0, 110.0], 2), &axis());
    let last = scene.shapes.iter().find(|s| s.role == scene::Role::Incomplete).unwrap();
    let scene::Form::Circle { x, .. } = last.form else { panic!("{last:?}") };
    let lines = scene.shapes.iter().filter_map(|s| match &s.form {
        scene::Form::Polyline(points) if s.role == scene::Role::Accent => Some(points.clone()),
        _ => None,
    });
    let lines: Vec<_> = lines.collect();
    assert_eq!(lines.len(), 1);
    assert!(lines[0].iter().all(|point| point.0 < x - 1.0), "{lines:?}");
    assert!(scene.shapes.iter().any(|s| s.role == scene::Role::NoData), "its period is hatched");
    let panel =
        |incomplete: Vec<usize>| Panel { points: vec![(2020.5, 9.0), (2021.5, 4.0)], incomplete, ..Panel::default() };
    let input = MultiplesInput { width: 340.0, panels: vec![panel(vec![1])], ..MultiplesInput::default() };
    let small = multiples(&input, &axis());
    assert!(small.shapes.iter().all(|s| !matches!(s.form, scene::Form::Polyline(_))), "{small:?}");
    assert!(small.shapes.iter().any(|s| s.role == scene::Role::Incomplete));
}

#[test]
fn an_axis_without_zero_says_so() {
    let words = |scene: &Scene| scene.labels.iter().any(|label| label.text.starts_with("from "));
    let cut = trend(&yearly(&[94.0, 95.0, 98.0], 9), &axis());
    assert!(words(&cut) && at(&cut, "from 94") > 100.0);
    assert!(!words(&trend(&yearly(&[33.7, 32.7], 9), &axis())), "two points are drawn from zero");
    assert!(!words(&trend(&yearly(&[30.0, 60.0, 98.0], 9), &axis())));
    let panel = Panel { points: vec![(2020.5, 94.0), (2021.5, 95.0), (2022.5, 98.0)], ..Panel::default() };
    let input = MultiplesInput { width: 340.0, panels: vec![panel], ..MultiplesInput::default() };
    assert!(words(&multiples(&input, &axis())));
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
    let tooltip = "បន្ទាយមានជ័យ: 4".to_string();
    let value = AreaValue { value: Some(4.0), incomplete: true, tooltip, href: Some("/areas/KH01".into()) };
    let input = MapInput { width: 340.0, values: [("KH01".to_owned(), value)].into(), ..MapInput::default() };
    let scene = map::map(&outlines, &input, &|class| format!("{} {}", class.low, class.high));
    drawable(&scene);
    let written = svg::svg(&scene);
    assert!(written.contains("c-level-2") && written.contains("c-nodata") && written.contains("/areas/KH01"));
    assert!(written.contains("c-incomplete"), "what has not come whole has a broken edge");
}

#[test]
fn classes_do_not_overlap_in_words() {
    let told = |values: &[f64]| -> Vec<String> {
        classes(values, &Breaks::Quintiles).iter().map(|class| class.told(|value| format!("{value}"))).collect()
    };
    assert_eq!(told(&[12.0, 13.0, 14.0, 15.0, 16.0, 1450.0]), ["12", "13", "14", "15", "16–1450"]);
    assert_eq!(told(&[13.0, 14.0, 14.0, 15.0, 16.0, 16.0]), ["13", "14", "15", "16"]);
    assert_eq!(told(&[1450.0, 1450.0]), ["1450"]);
    assert_eq!(told(&[0.04, 0.26, 1.5, 2.0, 2.96]), ["0–0.2", "0.3–1.4", "1.5–1.9", "2–2.9", "3"]);
}

#[test]
fn the_hatching_over_a_part_is_modest_and_explained() {
    let words = "not all has come";
    let scene = trend(&TrendInput { incomplete: words.into(), ..yearly(&[140.0, 149.0, 10.0], 2) }, &axis());
    let hatched: Vec<_> = scene.shapes.iter().filter(|s| s.role == scene::Role::NoData).collect();
    for shape in &hatched {
        let scene::Form::Rect { height, .. } = shape.form else { panic!("{shape:?}") };
        assert!(height <= 16.0, "nobody knows how much is missing");
    }
    assert_eq!(hatched.len(), 2, "one over the value, one in the legend");
    assert!(scene.labels.iter().any(|label| label.text == words && label.y < scene.height));
    let whole = trend(&TrendInput { incomplete: words.into(), ..yearly(&[140.0, 149.0, 10.0], 9) }, &axis());
    assert!(whole.labels.iter().all(|label| label.text != words), "nothing is hatched");
}

#[test]
fn whole_things_have_no_halves_on_their_axis() {
    let names = |values: &[f64], whole| -> Vec<String> {
        let scene = trend(&TrendInput { whole, unit: String::new(), ..yearly(values, 9) }, &axis());
        scene.labels.iter().map(|label| label.text.clone()).filter(|text| !text.starts_with("20")).collect()
    };
    assert_eq!(names(&[0.0, 1.0], true), ["0", "1"]);
    assert_eq!(names(&[1.0, 1.0], true), ["0", "1"]);
    assert_eq!(names(&[0.0, 0.0], true), ["0", "1"]);
    assert!(names(&[0.0, 1.0], false).contains(&"0.5".to_string()));
}

#[test]
fn no_path_runs_backwards_from_a_baseline_to_an_older_target() {
    let mark = |x, y| Mark { x, y, label: "m".into() };
    let paths = |target| {
        let input =
            TrendInput { baseline: Some(mark(2024.9, 21.2)), targets: vec![target], ..yearly(&[20.0, 30.0], 9) };
        trend(&input, &axis())
            .shapes
            .iter()
            .filter(|s| matches!((&s.form, s.role), (scene::Form::Polyline(_), scene::Role::Target)))
            .count()
    };
    assert_eq!((paths(mark(2024.5, 20.0)), paths(mark(2030.5, 40.0))), (0, 1));
}

#[test]
fn a_broken_map_says_what_is_wrong() {
    let error = |text: &str| Outlines::from_geojson(text).unwrap_err().to_string();
    assert!(error("{").contains("not GeoJSON"));
    assert!(error(&TWO.replace("\"id\":2", "\"x\":2")).contains("feature 2"));
    assert!(error(&TWO.replace("103,13", "1,1").replace("103,12", "999,12")).contains("KH01"));
    assert!(error(r#"{"features":[]}"#).contains("no polygons"));
}
