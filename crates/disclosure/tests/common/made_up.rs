//! Editions of any size, made up: few in most places, as counts of violence are. No person or event stands behind them.

use romduol_disclosure::*;

/// Provinces, districts in each, communes in each, ages, quarters; all margins.
pub fn edition(provinces: u32, districts: u32, communes: u32, ages: u32, quarters: u32, mean: f64) -> Edition {
    let communes = communes.max(1);
    let count = provinces * districts * communes;
    let mut area = Dimension::new("area", (0..count).map(|at| format!("C{at}"))).unwrap();
    for district in (0..provinces * districts).filter(|_| communes > 1) {
        let inside = (district * communes..(district + 1) * communes).map(|at| format!("C{at}"));
        area = area.group(&format!("D{district}"), inside).unwrap();
    }
    let within = districts * communes;
    for province in 0..provinces {
        area = area
            .group(&format!("P{province}"), (province * within..(province + 1) * within).map(|at| format!("C{at}")))
            .unwrap();
    }
    let plain = |name: &str, size: u32| {
        Dimension::new(name, (0..size).map(|at| format!("{name}{at}"))).unwrap().total("all").unwrap()
    };
    let dimensions = vec![area.total("all").unwrap(), plain("age", ages), plain("sex", 2), plain("quarter", quarters)];
    let mut table = Table::new("everything");
    for dimension in &dimensions {
        table = table.by(dimension.name(), dimension.names());
    }
    let mut edition = Edition::new(dimensions, Policy::people());
    let mut state = 1_u64;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    for place in 0..count {
        let size = mean * (0.2 + 3.0 * draw() * draw());
        for age in 0..ages {
            for sex in 0..2 {
                for quarter in 0..quarters {
                    let expected = size * f64::from(1 + age % 3) / 2.0 * if sex == 0 { 1.6 } else { 0.25 };
                    let value = (expected * (0.5 + draw())).round() as i64;
                    edition.count_at(vec![place, age, sex, quarter], value).unwrap();
                }
            }
        }
    }
    edition.publish(table);
    edition
}
