//! `romduol bench DATA`: answers the queries of `bench/` and prints one line of JSON for each, as bench/README.md says.
//! Loads through the same import as anybody's file. Refuses to compare itself with others; `bench/compare` does.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use romduol_app::correction::Correction;
use romduol_app::import::Options;
use romduol_app::{App, Clock, package};
use romduol_cube::{Areas, Block, Cells, Cube, Margins, Periods, Query, Time};
use romduol_plan::kinds::{Area, AreaLevel, Indicator};
use romduol_plan::totals::Totals;
use romduol_plan::{Actor, Period, State};
use serde_json::{Value, json};

/// A query that takes longer than this is not warmed up.
const LONG: Duration = Duration::from_secs(10);

pub(crate) async fn run(data: &Path) -> anyhow::Result<()> {
    let (app, load) = open(data).await?;
    say(&json!({ "about": format!("Romduol {}", env!("CARGO_PKG_VERSION")), "load_wall_s": load.as_secs_f64() }));
    {
        let snapshot = app.snapshot();
        let desk = Desk::new(&snapshot.state, snapshot.view(false).totals);
        for query in ["Q1", "Q2", "Q3", "Q4"] {
            let (mut line, answer) = timed(|_| desk.rows(query));
            line["query"] = json!(query);
            line["answer"] = answer;
            say(&line);
        }
        scorecard(&snapshot.state, snapshot.view(false).totals);
        let (mut line, (cells, sum, squares)) = timed(|_| desk.q5());
        line["query"] = json!("Q5");
        line["cells"] = json!(cells);
        line["sum"] = json!(sum as u64);
        line["sum_of_squares_per_1000"] = json!((squares / 1000.0).round() as u64);
        say(&line);
    }
    corrections(&app, &data.join("corrections.csv")).await?;
    app.close().await;
    Ok(())
}

fn say(line: &Value) {
    println!("{line}");
}

/// The store beside the data, made anew by the use cases that a person's commands call.
async fn open(data: &Path) -> anyhow::Result<(App, Duration)> {
    let (store, start) = (data.join("romduol"), Instant::now());
    // The corrections of an earlier run would be in it, and loading is a part of what is measured.
    if store.exists() {
        std::fs::remove_dir_all(&store).with_context(|| format!("{} cannot be removed", store.display()))?;
    }
    std::fs::create_dir_all(&store).with_context(|| format!("the folder {} cannot be made", store.display()))?;
    let app = App::create(&store, Clock::System, &package::files(&data.join("plan"))?).await?;
    let tally = app.import_returns(&data.join("returns.csv"), &options(), |_| {}).await?;
    eprintln!(
        "loaded {} rows, {} refused, in {:.1} s wall and {:.1} s CPU",
        tally.rows,
        tally.rejected_rows,
        start.elapsed().as_secs_f64(),
        cpu().as_secs_f64()
    );
    app.keep_snapshot().await;
    Ok((app, start.elapsed()))
}

fn options() -> Options {
    Options {
        actor: Actor { account: "program".into(), post: "bench".into() },
        accept: true,
        correct: None,
        dry_run: false,
        all_or_nothing: false,
        partial: false,
        rejects: None,
        lang: romduol_plan::Lang::En,
    }
}

/// User and system time of all threads of this process.
fn cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}

/// One warm-up and then 25 runs of what is short, 5 of what is longer, none more of what is very long.
fn timed<T>(mut run: impl FnMut(u32) -> T) -> (Value, T) {
    let (start, begin) = (Instant::now(), cpu());
    let mut answer = run(0);
    let first = start.elapsed();
    if first > LONG {
        return (figures(vec![first], cpu() - begin), answer);
    }
    let runs = if first < Duration::from_millis(150) { 25 } else { 5 };
    let (begin, mut walls) = (cpu(), Vec::new());
    for n in 1..=runs {
        let start = Instant::now();
        answer = run(n);
        walls.push(start.elapsed());
    }
    (figures(walls, cpu() - begin), answer)
}

fn figures(mut walls: Vec<Duration>, cpu: Duration) -> Value {
    walls.sort();
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    let runs = walls.len();
    json!({ "runs": runs, "cpu_ms": ms(cpu) / runs as f64, "wall_ms_median": ms(walls[runs / 2]), "wall_ms_min": ms(walls[0]) })
}

/// Names beside the numbers that the cube knows.
struct Desk<'a> {
    cube: &'a Cube,
    areas: Vec<String>,
    country: u32,
    provinces: Vec<u32>,
    districts: Vec<u32>,
    /// Id and measure.
    indicators: Vec<(String, u32)>,
    sexes: [&'static str; 2],
}

const QUARTERS: std::ops::Range<i32> = 2021..2026;

impl<'a> Desk<'a> {
    fn new(state: &State, totals: &'a Totals) -> Desk<'a> {
        let number = |id: &str| totals.area_number(id).unwrap_or(u32::MAX);
        let at =
            |level| state.all::<Area>().filter(move |area| area.level == level).map(|area| number(&area.id)).collect();
        let measure =
            |indicator: &std::sync::Arc<Indicator>| Some((indicator.id.clone(), totals.measure(&indicator.id)?));
        Desk {
            cube: totals.cube(),
            areas: state.all::<Area>().map(|area| area.id.clone()).collect(),
            country: state.plan().map_or(0, |plan| number(&plan.area)),
            provinces: at(AreaLevel::Province),
            districts: at(AreaLevel::District),
            indicators: state.all::<Indicator>().filter_map(measure).collect(),
            sexes: ["sex.f", "sex.m"],
        }
    }

    fn period(ordinal: u32) -> String {
        Period::ending(ordinal, romduol_plan::Frequency::Quarter).to_string()
    }

    fn quarter(text: &str) -> Periods {
        Periods::one(text.parse::<Period>().map_or(0, Period::ordinal))
    }

    fn ask(&self, measure: u32, areas: Areas, periods: Periods, keep: u32) -> Cells {
        let query = Query { measure, areas, periods, time: Time::PerPeriod, keep };
        self.cube.query(&query).expect("the queries fit the synthetic plan")
    }

    fn seventh(&self) -> u32 {
        self.indicators[6].1
    }

    fn rows(&self, query: &str) -> Value {
        match query {
            "Q1" => self.q1(),
            "Q2" => self.q2(),
            "Q3" => self.q3(),
            _ => self.q4(),
        }
    }

    fn q1(&self) -> Value {
        let cells = self.ask(self.seventh(), Areas::One(self.country), Periods::all(), 1);
        let row = |(key, cell): &(romduol_cube::Key, romduol_cube::Cell)| {
            json!([Self::period(key.period), self.sexes[cells.categories(key)[0] as usize], cell.value])
        };
        cells.iter().map(row).collect()
    }

    fn q2(&self) -> Value {
        let cells = self.ask(self.seventh(), Areas::ChildrenOf(self.country), Self::quarter("2024Q3"), 0);
        cells.iter().map(|(key, cell)| json!([self.areas[key.area as usize], cell.value])).collect()
    }

    fn q3(&self) -> Value {
        let mut rows = Vec::new();
        let province = self.provinces[1];
        for (id, measure) in &self.indicators {
            let cells = self.ask(*measure, Areas::ChildrenOf(province), Self::quarter("2024Q3"), 1);
            rows.extend(cells.iter().map(|(key, cell)| {
                json!([id, self.sexes[cells.categories(key)[0] as usize], self.areas[key.area as usize], cell.value])
            }));
        }
        rows.into()
    }

    fn q4(&self) -> Value {
        let mut rows = Vec::new();
        for (id, measure) in &self.indicators {
            let cells = self.ask(*measure, Areas::One(self.country), Periods::all(), 0);
            rows.extend(cells.iter().map(|(key, cell)| json!([id, Self::period(key.period), cell.value])));
        }
        rows.into()
    }

    /// Number, sum and sum of squares of the cells; every cell is computed and read.
    fn q5(&self) -> (u64, f64, f64) {
        let areas = [&[self.country][..], &self.provinces, &self.districts].concat();
        let measures = self.indicators.iter().map(|(_, measure)| *measure).collect();
        let first = Period::quarter(QUARTERS.start, 1).ordinal();
        let last = Period::quarter(QUARTERS.end - 1, 4).ordinal();
        let ask = Margins { measures, periods: Periods::Range(first..last + 1), areas, keeps: vec![0, 1, 2, 3] };
        let blocks = self.cube.margins(&ask, block).expect("the queries fit the synthetic plan");
        blocks.into_iter().fold((0, 0.0, 0.0), |(n, sum, squares), (m, s, q)| (n + m, sum + s, squares + q))
    }
}

/// The numbers of Q4 as pages ask for them: the first time, and when they are remembered. No query of the comparison, so it
/// is told on standard error.
fn scorecard(state: &State, totals: &Totals) {
    let country = state.plan().map(|plan| plan.area.clone()).unwrap_or_default();
    let ask = || -> usize {
        let quarters = |i: &Indicator| totals.periods(i, romduol_plan::Frequency::Quarter);
        let of = |i: &std::sync::Arc<Indicator>| {
            quarters(i).iter().filter(|(quarter, _)| totals.total(i, &country, *quarter).is_some()).count()
        };
        state.all::<Indicator>().map(of).sum()
    };
    let start = Instant::now();
    let cold = (ask(), start.elapsed().as_secs_f64() * 1000.0);
    let (warm, _) = timed(|_| ask());
    eprintln!("scorecard of {} numbers: cold {:.2} ms, warm {} ms of CPU", cold.0, cold.1, warm["cpu_ms"]);
}

fn block(block: &Block) -> (u64, f64, f64) {
    let (mut cells, mut sum, mut squares) = (0, 0.0, 0.0);
    for column in 0..block.columns.len() {
        for (value, _) in block.values(column).iter().zip(block.present(column)).filter(|(_, present)| **present > 0) {
            cells += 1;
            sum += value;
            squares += value * value;
        }
    }
    (cells, sum, squares)
}

/// Q6b: 1,000 corrections made durable, each through its return, and then Q1 and Q2.
async fn corrections(app: &App, file: &Path) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let mut cells: BTreeMap<(String, Period), Vec<Correction>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [form, area, period, indicator, sex, age, value] = fields.as_slice() else { continue };
        let correction = Correction {
            indicator: indicator.to_string(),
            categories: vec![sex.to_string(), age.to_string()],
            value: value.parse()?,
        };
        cells.entry((format!("{form}.{area}"), period.parse()?)).or_default().push(correction);
    }
    let (mut walls, mut runs) = (Vec::new(), 0);
    let mut begin = cpu();
    let mut answer = Value::Null;
    while runs <= 5 {
        let start = Instant::now();
        app.correct_cells(&options().actor, "bench", &cells).await?;
        let snapshot = app.snapshot();
        let desk = Desk::new(&snapshot.state, snapshot.view(false).totals);
        answer = json!({ "Q1": desk.q1(), "Q2": desk.q2() });
        match runs {
            0 => begin = cpu(),
            _ => walls.push(start.elapsed()),
        }
        runs += 1;
        // The next run must not find its work done.
        cells.values_mut().flatten().for_each(|correction| correction.value += 1.0);
    }
    let mut line = figures(walls, cpu() - begin);
    line["query"] = json!("Q6b");
    line["step"] = json!(runs - 1);
    line["answer"] = answer;
    say(&line);
    Ok(())
}
