//! Writes a sample report to look at: `sample OUT.pdf [en|km] [MAP.geojson] [COPIES]`, with the HTML and each SVG beside it.
//! Every number in it is invented.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use romduol_report::chart::bars::{Bar, BarRow, BarsInput};
use romduol_report::chart::multiples::{MultiplesInput, Panel};
use romduol_report::chart::status::{StatusCount, StatusStripInput};
use romduol_report::chart::trend::{BandLimits, Mark, Threshold, TrendInput, TrendPoint};
use romduol_report::document::*;
use romduol_report::map::{AreaValue, Breaks, MapInput, Outlines};
use romduol_report::scene::{PAGE_WIDTH, PHONE_WIDTH};
use romduol_report::*;

struct Words {
    khmer: bool,
}

impl Words {
    fn t(&self, en: &str, km: &str) -> String {
        if self.khmer { km.into() } else { en.into() }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let out = PathBuf::from(args.next().ok_or("usage: sample OUT.pdf [en|km] [MAP.geojson]")?);
    let words = Words { khmer: args.next().as_deref() == Some("km") };
    let outlines = match args.next() {
        Some(path) => Some(Outlines::from_geojson(&std::fs::read_to_string(path)?)?),
        None => None,
    };
    let mut document = self::document(&words, outlines.as_ref(), PAGE_WIDTH);
    let copies = args.next().map_or(Ok(1), |n| n.parse())?;
    document.blocks = vec![document.blocks; copies].concat();
    let time = Timestamp::from_unix(1_795_392_000);
    for run in ["first", "second"] {
        let start = Instant::now();
        let bytes = pdf(&document, time)?;
        println!("{run}: {} bytes in {:?}", bytes.len(), start.elapsed());
        std::fs::write(&out, bytes)?;
    }
    println!("{} pages", pdf::page_count(&document)?);
    std::fs::write(out.with_extension("html"), &*html::fragment(&document))?;
    let phone = self::document(&words, outlines.as_ref(), PHONE_WIDTH);
    let figures = phone.blocks.iter().filter_map(|b| if let Block::Figure(f) = b { Some(&f.scene) } else { None });
    for (i, scene) in figures.enumerate() {
        std::fs::write(out.with_extension(format!("{i}.svg")), &*svg::svg(scene))?;
    }
    Ok(())
}

fn document(w: &Words, outlines: Option<&Outlines>, width: f64) -> Document {
    let mut document = Document::new(
        if w.khmer { "km" } else { "en" },
        w.t("Progress Report 2025: Women, Peace and Security", "របាយការណ៍វឌ្ឍនភាព ២០២៥៖ ស្ត្រី សន្តិភាព និងសន្តិសុខ"),
    );
    document.subtitle = w.t("National Action Plan, first year of implementation", "ផែនការសកម្មភាពជាតិ ឆ្នាំទីមួយនៃការអនុវត្ត");
    document.organisation = w.t("Ministry of Women’s Affairs", "ក្រសួងកិច្ចការនារី");
    document.date_line = w.t("23 November 2026", "២៣ វិច្ឆិកា ២០២៦");
    document.running_head = w.t("Progress Report 2025", "របាយការណ៍វឌ្ឍនភាព ២០២៥");
    document.marker = Some(w.t("Illustrative data", "ទិន្នន័យឧទាហរណ៍"));
    document.cover_lines = vec![w.t("Edition 1, built from ledger entry 1,204", "បោះពុម្ពលើកទី ១ ពីកំណត់ត្រា ១២០៤")];
    document.contents_title = w.t("Contents", "មាតិកា");
    if w.khmer {
        document.digits = "០១២៣៤៥៦៧៨៩".into();
    }
    document.fingerprint = vec!["sha256 9f2c 71aa 03de 8c14 · rule 3 · ledger 1204".into()];
    document.blocks = overview(w, width);
    document.blocks.extend(participation(w, width));
    document.blocks.extend(provinces(w, outlines, width));
    document.blocks.extend(annex(w));
    document
}

fn overview(w: &Words, width: f64) -> Vec<Block> {
    let count = |status, count: u32, en: &str, km: &str| StatusCount {
        status,
        count,
        number: count.to_string(),
        word: w.t(en, km),
    };
    let strip = status_strip(&StatusStripInput {
        title: w.t("Indicators by status", "សូចនាករតាមស្ថានភាព"),
        description: w.t("12 of 30 indicators are on track.", "១២ ក្នុងចំណោម ៣០ សូចនាករដំណើរការល្អ។"),
        width,
        counts: vec![
            count(Status::Achieved, 3, "Achieved", "សម្រេច"),
            count(Status::OnTrack, 12, "On track", "ដំណើរការល្អ"),
            count(Status::AtRisk, 5, "At risk", "មានហានិភ័យ"),
            count(Status::OffTrack, 4, "Off track", "មិនតាមផែនការ"),
            count(Status::NoData, 3, "No data", "គ្មានទិន្នន័យ"),
            count(Status::Stale, 1, "Out of date", "ហួសសម័យ"),
            count(Status::NoBaseline, 1, "No baseline", "គ្មានមូលដ្ឋាន"),
            count(Status::NoTarget, 1, "No target", "គ្មានគោលដៅ"),
        ],
    });
    let number = |value: &str, en: &str, km: &str, note: &str| KeyNumber {
        value: value.into(),
        label: w.t(en, km),
        note: note.into(),
    };
    vec![
        Block::heading(1, w.t("Where the plan stands", "ស្ថានភាពនៃផែនការ")),
        Block::KeyNumbers {
            items: vec![
                number("15 / 30", "indicators achieved or on track", "សូចនាករសម្រេច ឬដំណើរការល្អ", "2024: 11 / 30"),
                number("34.2 %", "women in commune councils", "ស្ត្រីក្នុងក្រុមប្រឹក្សាឃុំ", "≥ 30 %"),
                number("4.1 M$", "committed of 6.3 M$ costed", "ថវិកាបានសន្យា ក្នុង ៦,៣ លានដុល្លារ", "−2.2 M$"),
            ],
        },
        Block::paragraph(w.t(
            "Half of the indicators are achieved or on track. Participation moved fastest; protection services in the \
             provinces along the border are the first concern of the year ahead, and three indicators have no value yet.",
            "សូចនាករពាក់កណ្តាលត្រូវបានសម្រេច ឬកំពុងដំណើរការល្អ។ ការចូលរួមរបស់ស្ត្រីក្នុងការកសាងសន្តិភាព និងសន្តិសុខមានវឌ្ឍនភាពលឿនជាងគេ \
             ចំណែកសេវាការពារនៅតាមបណ្តាខេត្តជាប់ព្រំដែន រួមមាន សៀមរាប ភ្នំពេញ និងព្រះសីហនុ នៅតែជាកង្វល់ចម្បងសម្រាប់ឆ្នាំខាងមុខ។",
        )),
        Block::Figure(Figure {
            scene: strip,
            caption: w.t("Indicators by status, end of 2025", "សូចនាករតាមស្ថានភាព ចុងឆ្នាំ ២០២៥"),
            source: String::new(),
        }),
        Block::Callout {
            tone: CalloutTone::Attention,
            text: vec![Span::bold(w.t("Needs a decision. ", "ត្រូវការសេចក្តីសម្រេច។ ")), Span::plain(w.t(
                "Two provinces have not returned their forms for three quarters.",
                "ខេត្តពីរមិនបានផ្ញើទម្រង់របាយការណ៍អស់រយៈពេលបីត្រីមាសហើយ។",
            ))],
        },
        Block::List {
            ordered: false,
            items: vec![
                vec![Span::status(Status::OnTrack, w.t("On track", "ដំណើរការល្អ")), Span::plain(w.t(": trained women mediators", "៖ អ្នកសម្របសម្រួលជាស្ត្រីដែលបានបណ្តុះបណ្តាល"))],
                vec![Span::status(Status::AtRisk, w.t("At risk", "មានហានិភ័យ")), Span::plain(w.t(": gender-responsive budget lines", "៖ ថវិកាឆ្លើយតបយេនឌ័រ"))],
            ],
        },
    ]
}

fn participation(w: &Words, width: f64) -> Vec<Block> {
    let axis =
        AxisText { value: &|v| format!("{v}"), time: &|t| format!("{t:.0}"), cut: &|v| format!("axis starts at {v}") };
    let point = |x, y, illustrative, preferred| TrendPoint {
        x,
        y,
        tooltip: format!("{x}: {y} %"),
        illustrative,
        preferred,
        ..TrendPoint::default()
    };
    let line = trend(
        &TrendInput {
            title: w.t("Women in commune councils", "ស្ត្រីក្នុងក្រុមប្រឹក្សាឃុំ សង្កាត់"),
            description: w.t("Rises from 17 to 34 percent; the target is 50.", "កើនពី ១៧ ដល់ ៣៤ ភាគរយ គោលដៅ ៥០។"),
            width,
            unit: w.t("% of seats", "% នៃអាសនៈ"),
            points: vec![
                point(2018.0, 16.8, false, true),
                point(2020.0, 19.5, false, true),
                point(2022.0, 22.1, false, true),
                point(2022.0, 25.0, false, false),
                point(2024.0, 29.0, false, true),
                point(2025.0, 34.2, true, true),
                point(2024.0, 31.0, false, false),
            ],
            baseline: Some(Mark {
                x: 2022.0, y: 22.1, label: w.t("Baseline 22.1", "មូលដ្ឋាន ២២,១")
            }),
            targets: vec![
                Mark { x: 2026.0, y: 35.0, label: "35 %".into() },
                Mark { x: 2030.0, y: 50.0, label: w.t("Target 50 %", "គោលដៅ ៥០ %") },
            ],
            thresholds: vec![Threshold { y: 30.0, label: w.t("ASEAN 30 %", "អាស៊ាន ៣០ %") }],
            bands: Some(BandLimits { on_track: 0.9, at_risk: 0.6 }),
            end_label: "34.2 %".into(),
            ..TrendInput::default()
        },
        &axis,
    );
    let names =
        [("Phnom Penh", "ភ្នំពេញ"), ("Siem Reap", "សៀមរាប"), ("Preah Sihanouk", "ព្រះសីហនុ"), ("Oddar Meanchey", "ឧត្តរមានជ័យ")];
    let panel = |(i, (en, km)): (usize, &(&str, &str))| Panel {
        label: w.t(en, km),
        points: if i == 3 {
            vec![]
        } else {
            (0..6).map(|t| (2020.0 + t as f64, 12.0 + (i * 7 + t * (i + 2)) as f64)).collect()
        },
        end_label: (12 + i * 7 + 5 * (i + 2)).to_string(),
        status: Some([Status::AtRisk, Status::OnTrack, Status::Achieved, Status::NoData][i]),
        ..Panel::default()
    };
    let panels = multiples(
        &MultiplesInput {
            title: w.t("Trained mediators by province", "អ្នកសម្របសម្រួលតាមខេត្ត"),
            description: w.t("Four provinces on one scale.", "ខេត្តបួនលើមាត្រដ្ឋានតែមួយ។"),
            width,
            panels: names.iter().enumerate().map(panel).collect(),
            target: Some(30.0),
            no_data: w.t("No data", "គ្មានទិន្នន័យ"),
        },
        &axis,
    );
    let figure = |scene: Scene| {
        Block::Figure(Figure {
            caption: scene.title.clone(),
            scene,
            source: w
                .t("Source: National Election Committee; illustrative.", "ប្រភព៖ គណៈកម្មាធិការជាតិរៀបចំការបោះឆ្នោត ឧទាហរណ៍។"),
        })
    };
    vec![
        Block::heading(1, w.t("Participation", "ការចូលរួម")),
        Block::heading(2, w.t("Women in decision making", "ស្ត្រីក្នុងការធ្វើសេចក្តីសម្រេច")),
        figure(line),
        figure(panels),
    ]
}

fn provinces(w: &Words, outlines: Option<&Outlines>, width: f64) -> Vec<Block> {
    let row = |en: &str, km: &str, women: Option<f64>, men: f64| BarRow {
        label: w.t(en, km),
        bars: vec![
            Bar { value: women, text: women.map_or(String::new(), |v| format!("{v} %")), ..Bar::default() },
            Bar { value: Some(men), text: format!("{men} %"), ..Bar::default() },
        ],
        target: Some(50.0),
        ..BarRow::default()
    };
    let chart = bars(&BarsInput {
        title: w.t("Officers by sex", "មន្ត្រីតាមភេទ"),
        description: w.t("Women are fewer everywhere.", "ស្ត្រីមានចំនួនតិចជាងនៅគ្រប់ទីកន្លែង។"),
        width,
        rows: vec![
            row("National police", "នគរបាលជាតិ", Some(6.3), 93.7),
            row(
                "Prosecutors and judges in the courts of first instance",
                "ព្រះរាជអាជ្ញា និងចៅក្រមនៅសាលាដំបូងរាជធានីខេត្ត",
                Some(17.0),
                83.0,
            ),
            row("Peacekeepers", "កងរក្សាសន្តិភាព", None, 82.0),
        ],
        series: vec![w.t("Women", "ស្ត្រី"), w.t("Men", "បុរស")],
        no_data: w.t("No data", "គ្មានទិន្នន័យ"),
        target_name: w.t("Parity", "សមភាព"),
        ..BarsInput::default()
    });
    let mut blocks = vec![
        Block::heading(1, w.t("Protection", "ការការពារ")),
        Block::Figure(Figure { caption: chart.title.clone(), scene: chart, source: String::new() }),
    ];
    if let Some(outlines) = outlines {
        let value = |(i, id): (usize, &str)| {
            let value = (i % 7 != 3).then_some((i * 37 % 60) as f64);
            (id.to_owned(), AreaValue { value, tooltip: format!("{id}: {value:?}"), ..AreaValue::default() })
        };
        let scene = map::map(
            outlines,
            &MapInput {
                title: w.t("Districts with a service", "ស្រុកដែលមានសេវា"),
                description: w.t("Most in the north-west.", "ភាគច្រើននៅភាគពាយ័ព្យ។"),
                width,
                values: outlines.ids().enumerate().map(value).collect::<BTreeMap<_, _>>(),
                breaks: Breaks::Equal(5),
                no_data: w.t("No data", "គ្មានទិន្នន័យ"),
                incomplete: String::new(),
                unit: w.t("% of districts", "% នៃស្រុក"),
                credit: "© OpenStreetMap contributors, ODbL".into(),
            },
            &|class| format!("{:.0}\u{2013}{:.0}", class.low, class.high),
        );
        blocks.push(Block::Figure(Figure { caption: scene.title.clone(), scene, source: String::new() }));
    }
    blocks
}

fn annex(w: &Words) -> Vec<Block> {
    let row = |i: usize| {
        let status = Status::ALL[i % 8];
        let value = Cell::text(format!("{},{:03}.{}", i * 7 % 13, i * 211 % 1000, i % 10));
        vec![
            Cell::bold(format!("PAR-{i:02}")),
            Cell::text(w.t("Women who take part in local conflict prevention", "ស្ត្រីដែលចូលរួមក្នុងការទប់ស្កាត់ជម្លោះនៅមូលដ្ឋាន")),
            if i % 5 == 2 { value.illustrative() } else { value },
            Cell::text(format!("{}", i * 91 % 4000)),
            Cell::status(status, w.t(status.name(), "ស្ថានភាព")),
        ]
    };
    vec![
        Block::PageBreak,
        Block::heading(1, w.t("Annex: all indicators", "ឧបសម្ព័ន្ធ៖ សូចនាករទាំងអស់")),
        Block::Table(Table {
            caption: w.t("Value, target and status of every indicator", "តម្លៃ គោលដៅ និងស្ថានភាពនៃសូចនាករនីមួយៗ"),
            columns: vec![
                Column::text(w.t("Code", "លេខកូដ"), 0.0),
                Column::text(w.t("Indicator", "សូចនាករ"), 1.0),
                Column::number(w.t("Value 2025", "តម្លៃ ២០២៥")),
                Column::number(w.t("Target", "គោលដៅ")),
                Column::text(w.t("Status", "ស្ថានភាព"), 0.0),
            ],
            rows: (1..70).map(row).collect(),
            note: w.t("Yellow values are illustrative.", "តម្លៃពណ៌លឿងជាឧទាហរណ៍។"),
        }),
    ]
}
