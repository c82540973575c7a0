//! Measures the national load and prints: processor time of each question, load, memory. `measure 10` takes a tenth of
//! the indicators, `measure 100 large` numbers that all need 16 bits. Reads processor time from `/proc`, so it needs Linux.

#[path = "../benches/national/mod.rs"]
#[allow(dead_code, reason = "the benchmark uses the rest")]
mod national;

use std::hint::black_box;
use std::time::Instant;

use national::floor::Floor;
use romduol_cube::*;

fn main() {
    let measures = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(100);
    let large = std::env::args().nth(2).is_some_and(|word| word == "large");
    let means = if large { national::LARGE } else { national::USUAL };
    let generate = time(1, || {
        national::returns(measures, means, |rows| {
            black_box(rows.len());
        })
    });
    let mut cube = national::empty(measures);
    let all = time(1, || national::returns(measures, means, |rows| cube.load(black_box(rows)).expect("made for it")));
    let count: usize = (0..measures).map(|m| cube.observations(m).map_or(0, Iterator::count)).sum();
    println!("{count} observations in {} MB, peak {} MB", cube.memory() / 1_000_000, peak_mb());
    println!("load: {:.2} s, {:.1} million/s", (all - generate) / 1e3, count as f64 / (all - generate) / 1e3);
    report("Q1", 2000, || national::q1(&cube).len());
    report("Q2", 5000, || national::q2(&cube).len());
    report("Q3", 500, || national::q3(&cube));
    report("Q4", 50, || national::q4(&cube));
    report("Q5, one thread", 5, || national::q5(&cube, 1));
    let start = (Instant::now(), process_ms());
    for _ in 0..10 {
        black_box(national::q5(&cube, measures));
    }
    let (wall, cpu) = (start.0.elapsed().as_secs_f64() * 100.0, (process_ms() - start.1) / 10.0);
    println!("Q5, all cores: {cpu:.1} ms processor, {wall:.1} ms wall");
    corrections(&cube);
    bytes(&cube);
    println!("peak {} MB", peak_mb());
    floor(&cube, measures, means);
}

/// The same by hand-written loops, and that both say the same.
fn floor(cube: &Cube, measures: u32, means: (f64, f64)) {
    let floor = Floor::loaded(measures, means);
    let told: Vec<(u64, u32)> = national::q1(cube).iter().map(|(_, cell)| (cell.value as u64, cell.present)).collect();
    assert_eq!(told, floor.q1(7.min(measures as usize - 1)));
    assert_eq!(national::q5(cube, measures), floor.q5());
    report("floor of Q1", 2000, || black_box(floor.q1(7)).len());
    report("floor of Q5, one thread", 5, || floor.q5());
}

/// 1,000 corrections while a reader holds a snapshot, alone and with the questions after them.
fn corrections(cube: &Cube) {
    let changes = national::corrections(cube);
    let once = |ask: bool| {
        let mut cube = cube.clone();
        cube.apply(black_box(&changes)).expect("made for it");
        if ask { national::q1(&cube).len() + national::q2(&cube).len() } else { 0 }
    };
    report("1,000 corrections", 50, || once(false));
    report("Q6b", 50, || once(true));
}

fn bytes(cube: &Cube) {
    let mut bytes = Vec::new();
    report("write", 5, || {
        bytes = cube.to_bytes();
        bytes.len()
    });
    println!("{} MB as bytes", bytes.len() / 1_000_000);
    report("read", 5, || Cube::from_bytes(&bytes).expect("just written").memory());
}

fn report(name: &str, times: u32, run: impl FnMut() -> usize) {
    let start = Instant::now();
    let cpu = time(times, run);
    println!("{name}: {cpu:.4} ms processor, {:.4} ms wall", start.elapsed().as_secs_f64() * 1e3 / f64::from(times));
}

/// Processor time of this thread for one run, in milliseconds.
fn time<T>(times: u32, mut run: impl FnMut() -> T) -> f64 {
    let start = nanoseconds();
    for _ in 0..times {
        black_box(run());
    }
    (nanoseconds() - start) / f64::from(times) / 1e6
}

fn nanoseconds() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    told.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(0.0)
}

/// Processor time of all threads, in milliseconds; in steps of ten.
fn process_ms() -> f64 {
    let told = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = told.split_whitespace().skip(13).take(2).filter_map(|n| n.parse::<f64>().ok());
    ticks.sum::<f64>() * 10.0
}

fn peak_mb() -> u64 {
    let told = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = told.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1_000
}
