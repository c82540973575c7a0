//! An attacker with a linear programme of its own, and tables to attack.

#![allow(dead_code, reason = "each test file uses some of it")]

use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};
use romduol_disclosure::*;

/// Least and largest value of a cell for one who knows the sums, what is shown and bounds of what is hidden.
pub fn interval(system: &System, hidden: &[bool], cell: usize, bound: impl Fn(usize) -> (f64, f64)) -> (f64, f64) {
    let ask = |direction| {
        let mut problem = Problem::new(direction);
        let variables: Vec<Variable> = (0..hidden.len())
            .map(|at| {
                let known = system.cells()[at].value as f64;
                problem.add_var(f64::from(u8::from(at == cell)), if hidden[at] { bound(at) } else { (known, known) })
            })
            .collect();
        for relation in system.relations() {
            let mut terms = vec![(variables[relation.total as usize], 1.0)];
            terms.extend(relation.parts.iter().map(|&part| (variables[part as usize], -1.0)));
            problem.add_constraint(&terms, ComparisonOp::Eq, 0.0);
        }
        objective(&problem)
    };
    (
        ask(OptimizationDirection::Minimize).unwrap_or(f64::NEG_INFINITY),
        ask(OptimizationDirection::Maximize).unwrap_or(f64::INFINITY),
    )
}

/// `None` if there is no end.
pub fn objective(problem: &Problem) -> Option<f64> {
    match problem.solve() {
        Ok(outcome) => Some(outcome.into_solution().expect("solved").objective()),
        Err(microlp::Error::Unbounded) => None,
        Err(error) => panic!("the attacker's programme: {error:?}"),
    }
}

pub fn at_least(least: f64) -> impl Fn(usize) -> (f64, f64) {
    move |_| (least, f64::INFINITY)
}

/// Rows and columns with margins: inner cells row by row, then row totals, column totals, the total.
pub fn table(rows: &[&[i64]], k: i64) -> System {
    let (height, width) = (rows.len(), rows[0].len());
    let mut values: Vec<i64> = rows.concat();
    values.extend(rows.iter().map(|row| row.iter().sum::<i64>()));
    values.extend((0..width).map(|x| rows.iter().map(|row| row[x]).sum::<i64>()));
    values.push(rows.concat().iter().sum());
    let mut relations: Vec<Relation> = Vec::new();
    let at = |y: usize, x: usize| (y * width + x) as u32;
    let row = |y: usize| (height * width + y) as u32;
    let column = |x: usize| (height * width + height + x) as u32;
    let total = (height * width + height + width) as u32;
    relations.extend((0..height).map(|y| Relation { total: row(y), parts: (0..width).map(|x| at(y, x)).collect() }));
    relations.extend((0..width).map(|x| Relation { total: column(x), parts: (0..height).map(|y| at(y, x)).collect() }));
    relations.push(Relation { total, parts: (0..height).map(row).collect() });
    relations.push(Relation { total, parts: (0..width).map(column).collect() });
    System::new(values.into_iter().map(|value| count(value, k)).collect(), relations).unwrap()
}

/// A count of a table, hidden if it is below k; zeros are not small but may be hidden.
pub fn count(value: i64, k: i64) -> Cell {
    let reach = (value > 0 && value < k).then_some(k);
    Cell { value, least: 0, role: Role::Open, reach, weight: value.max(1).cast_unsigned() }
}

pub fn hide_only(system: &System, cells: &[usize]) -> Vec<bool> {
    (0..system.cells().len()).map(|at| cells.contains(&at)).collect()
}

/// One of the made-up files beside the tests, with all margins.
pub fn load(file: &str, policy: Policy) -> Edition {
    let path = format!("{}/tests/data/{file}.csv", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let finest = if rows[0][2].is_empty() { 1 } else { 2 };
    let distinct = |column: usize| {
        let mut names: Vec<String> = Vec::new();
        for row in &rows {
            if !names.iter().any(|name| name == row[column]) {
                names.push(row[column].into());
            }
        }
        names
    };
    let mut area = Dimension::new("area", distinct(finest)).unwrap();
    for column in (0..finest).rev() {
        for name in distinct(column) {
            let inside = rows.iter().filter(|row| row[column] == name).map(|row| row[column + 1]);
            area = area.group(&name, inside).unwrap();
        }
    }
    let plain = |name: &str, column: usize| Dimension::new(name, distinct(column)).unwrap().total("all").unwrap();
    let dimensions = vec![area.total("all").unwrap(), plain("age", 3), plain("sex", 4), plain("quarter", 5)];
    let mut whole = Table::new("everything");
    for dimension in &dimensions {
        whole = whole.by(dimension.name(), dimension.names());
    }
    let mut edition = Edition::new(dimensions, policy);
    for row in &rows {
        edition.count(&[row[finest], row[3], row[4], row[5]], row[6].parse().unwrap()).unwrap();
    }
    edition.publish(whole);
    edition
}
