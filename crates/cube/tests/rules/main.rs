//! The rules of the crate's page, one small example each, over one small country.

mod change;
mod lineage;
mod place;
mod time;

use romduol_cube::*;

/// 0 country; 1, 2 provinces; 3, 4 districts of 1; 5 district of 2.
const PARENTS: [Option<u32>; 6] = [None, Some(0), Some(0), Some(1), Some(1), Some(2)];
const WOMEN: u16 = 0;
const MEN: u16 = 1;
const NOT_STATED: u16 = 2;
const KEEP_SEX: u32 = 1;

fn cube(place: PlaceRule, time: TimeRule, additive: bool) -> Cube {
    let sex = Dimension { size: 2, additive };
    let mut cube = Cube::new(AreaTree::new(&PARENTS).unwrap());
    cube.add_measure(Measure { shape: Shape::new(vec![sex]).unwrap(), place, time });
    cube
}

fn counts() -> Cube {
    cube(PlaceRule::Sum, TimeRule::Sum, true)
}

fn set(cube: &mut Cube, period: u32, area: u32, sex: u16, value: f64) {
    cube.set(0, period, area, &[sex], value).unwrap();
}

fn ask(areas: Areas, periods: Periods, time: Time, keep: u32) -> Query {
    Query { measure: 0, areas, periods, time, keep }
}

/// The total of one area in one period.
fn total(cube: &Cube, period: u32, area: u32) -> Option<Cell> {
    let query =
        ask(Areas::One(area), Periods::one(period), Time::PerPeriod, cube.measure(0).unwrap().shape.keep_overlapping());
    let cells = cube.query(&query).unwrap();
    assert!(cells.len() <= 1);
    cells.iter().next().map(|(_, cell)| *cell)
}

fn rolled(cube: &Cube, periods: Periods, area: u32) -> Option<(u32, Cell)> {
    let query = ask(Areas::One(area), periods, Time::Rolled, 0);
    cube.query(&query).unwrap().of(area, &[]).unwrap()
}

fn cell(value: f64, present: u32, expected: u32) -> Cell {
    Cell { value, present, expected }
}
