//! Exports a national load (33,040 returns, 37.7 million numbers) and prints time and memory of each format.
//!
//! `cargo run --release -p romduol-exchange --example national -- FOLDER [csv|sqlite|parquet|partitioned …]`

#[path = "../tests/small/mod.rs"]
mod small;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use romduol_exchange::{Format, export};
use romduol_plan::kinds::*;
use romduol_plan::{Period, State};

const INDICATORS: u32 = 120;
const YEARS: std::ops::Range<i32> = 2021..2026;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let folder = words.next().ok_or("use: national FOLDER [FORMAT …]")?;
    let wanted: Vec<String> = words.collect();
    let state = national();
    println!("{} returns; the state takes {} MB", state.count::<Return>(), memory("VmRSS"));
    for (name, format) in [
        ("parquet", Format::Parquet),
        ("partitioned", Format::PartitionedParquet),
        ("csv", Format::Csv),
        ("sqlite", Format::Sqlite),
    ] {
        if !wanted.is_empty() && !wanted.iter().any(|word| word == name) {
            continue;
        }
        let before = memory("VmRSS");
        // From here on the kernel counts the peak anew.
        std::fs::write("/proc/self/clear_refs", "5")?;
        let start = Instant::now();
        let summary = export(&state, &small::about(), format, &Path::new(&folder).join(name), &|_| true).await?;
        let (took, peak) = (start.elapsed().as_secs(), memory("VmHWM") - before);
        println!("{name}: {} rows, {took} s, {peak} MB beside the state", summary.rows());
    }
    Ok(())
}

/// Every commune of the plan reports women and men in five ages on each indicator, every quarter; one in twenty cells
/// is empty.
fn national() -> State {
    let mut state = small::state();
    let model = (**state.find::<Indicator>("RAR-04").expect("the plan has RAR-04")).clone();
    let made = |n| Indicator { id: format!("SYN-{n:03}"), ..model.clone() };
    let communes: Vec<Id> =
        state.all::<Area>().filter(|area| area.level == AreaLevel::Commune).map(|area| area.id.clone()).collect();
    let unit = |area: &Id| Assignment {
        id: format!("commune-quarter.{area}"),
        form: "province-quarter".into(),
        institution: "MOWA".into(),
        area: area.clone(),
        from: Period::quarter(YEARS.start, 1),
        to: None,
    };
    let plan = (1..=INDICATORS).map(|n| Body::from(made(n))).chain(communes.iter().map(|id| Body::from(unit(id))));
    let plan: Vec<Body> = plan.collect();
    small::put(&mut state, 3, plan);
    let grid = romduol_plan::answers::question(&state, &Arc::new(model)).grid;
    for period in YEARS.flat_map(|year| (1..=4).map(move |quarter| Period::quarter(year, quarter))) {
        let filed = communes.iter().enumerate().map(|(n, area)| Body::from(filed(area, period, &grid, n)));
        let filed: Vec<Body> = filed.collect();
        small::put(&mut state, 4, filed);
    }
    state
}

fn filed(area: &Id, period: Period, grid: &Arc<Grid>, seed: usize) -> Return {
    let answer = |indicator: u32| {
        let value = |cell: usize| {
            let mixed = mixed(
                (seed * 1_000_003 + indicator as usize * 1_009 + cell) as u64 ^ u64::from(period.ordinal()) << 40,
            );
            (!mixed.is_multiple_of(20)).then_some((mixed / 20 % 97) as f64)
        };
        Answer {
            cells: Cells { grid: grid.clone(), values: (0..grid.0.len()).map(value).collect(), bases: vec![] },
            ..Answer::to(&format!("SYN-{indicator:03}"))
        }
    };
    let answers: Vec<Answer> = (1..=INDICATORS).map(answer).collect();
    Return {
        id: format!("commune-quarter.{area}.{period}"),
        assignment: format!("commune-quarter.{area}"),
        period,
        version: 1,
        status: ReturnStatus::Accepted,
        steps_done: 2,
        answers: Answers::pack(&answers),
        illustrative: true,
    }
}

/// Numbers that look drawn and are the same every time: no file gets smaller than that of a real load.
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (number ^ (number >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 16
}

/// A line of the kernel's account of this process, in MB.
fn memory(what: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(what));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or(0) / 1024
}
