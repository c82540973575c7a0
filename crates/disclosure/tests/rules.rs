//! Rules that are asked for rarely, code lists that change between editions, and what is said to those who may know.

use romduol_disclosure::*;

fn answers(policy: Policy, counts: [i64; 4]) -> Edition {
    let answer = Dimension::new("answer", ["yes", "no", "unknown", "other"]).unwrap().total("all").unwrap();
    let mut edition = Edition::new(vec![answer], policy);
    for (leaf, count) in ["yes", "no", "unknown", "other"].into_iter().zip(counts) {
        edition.count(&[leaf], count).unwrap();
    }
    edition.publish(Table::new("answers").by("answer", ["yes", "no", "unknown", "other", "all"]));
    edition
}

fn told(release: &Release) -> Vec<Option<i64>> {
    figures(release).iter().map(|figure| figure.count()).collect()
}

fn figures(release: &Release) -> &[Figure] {
    &release.tables[0].figures
}

fn shown(release: &Release, at: usize) -> bool {
    matches!(figures(release)[at], Figure::Shown(_))
}

/// 97 of 100 said yes: that 3 did not is a small count, though no table shows it.
#[test]
fn a_complement_is_a_small_count_if_asked() {
    let policy = Policy { zeros: Zeros::Eligible, complements: true, ..Policy::people() };
    let release = suppress(&answers(policy, [97, 1, 1, 1]), &Memory::new()).unwrap();
    let rest =
        release.system.cells().iter().position(|cell| cell.role == Role::Unpublished && cell.value == 3).unwrap();
    assert_eq!(release.system.cells()[rest].reach, Some(5));
    assert!(!(shown(&release, 0) && shown(&release, 4)), "100 less 97 is 3");
    let large = |witness: &Vec<(u32, i64)>| witness.iter().any(|&(cell, by)| cell as usize == rest && by >= 2);
    assert!(release.witnesses.iter().any(large), "it has a witness of its own");
    let without = Policy { complements: false, ..policy };
    let system = answers(without, [97, 1, 1, 1]).system().unwrap();
    assert!(system.cells().iter().all(|cell| cell.role != Role::Unpublished), "not asked, not looked at");
}

/// All 20 said yes: whoever knows one of them knows the answer.
#[test]
fn a_group_of_one_answer_is_hidden_if_asked() {
    let open = Policy { zeros: Zeros::Eligible, ..Policy::people() };
    let release = suppress(&answers(open, [20, 0, 0, 0]), &Memory::new()).unwrap();
    assert!((0..5).all(|at| shown(&release, at)));
    let release = suppress(&answers(Policy { groups: true, ..open }, [20, 0, 0, 0]), &Memory::new()).unwrap();
    assert!(!(shown(&release, 0) && shown(&release, 4)), "20 of 20");
    assert!((1..4).any(|at| !shown(&release, at)), "three zeros tell it too");
    let shown_zeros = Policy { groups: true, ..Policy::people() };
    let refusal = suppress(&answers(shown_zeros, [20, 0, 0, 0]), &Memory::new()).unwrap_err();
    assert_eq!(refusal, Refusal::Shape(ShapeError::GroupsWithShownZeros));
}

fn areas(dimension: Dimension, counts: &[(&str, i64)], shown: &[&str]) -> Edition {
    let mut edition = Edition::new(vec![dimension], Policy { zeros: Zeros::Eligible, ..Policy::people() });
    for &(leaf, count) in counts {
        edition.count(&[leaf], count).unwrap();
    }
    edition.publish(Table::new("areas").by("area", shown.iter().copied()));
    edition
}

#[test]
fn an_area_that_is_split_later_stays_known_as_a_whole() {
    let before = Dimension::new("area", ["A", "B", "C"]).unwrap().total("all").unwrap();
    let before = areas(before, &[("A", 20), ("B", 31), ("C", 42)], &["A", "B", "C", "all"]);
    let memory = suppress(&before, &Memory::new()).unwrap().memory;
    let split = || Dimension::new("area", ["A1", "A2", "B", "C"]).unwrap();
    let counts = [("A1", 17), ("A2", 3), ("B", 31), ("C", 42)];
    let after = split().group("A", ["A1", "A2"]).unwrap();
    let release = suppress(&areas(after, &counts, &["A1", "A2", "B", "C"]), &memory).unwrap();
    assert_eq!(told(&release), [None, None, Some(31), Some(42)]);
    // Who does not say what became of A is not served.
    let refusal = suppress(&areas(split(), &counts, &["A1", "A2", "B", "C"]), &memory).unwrap_err();
    assert!(matches!(refusal, Refusal::Memory(MemoryError::UnknownCode { code, .. }) if code == "A"));
}

#[test]
fn areas_that_are_merged_later_do_not_tell_what_one_of_them_was() {
    let list = || Dimension::new("area", ["A", "B", "C"]).unwrap();
    let counts = [("A", 3), ("B", 12), ("C", 30)];
    let memory = suppress(&areas(list(), &counts, &["A", "B", "C"]), &Memory::new()).unwrap().memory;
    let merged = || list().group("AB", ["A", "B"]).unwrap();
    let release = suppress(&areas(merged(), &counts, &["AB", "C"]), &memory).unwrap();
    assert_eq!(told(&release), [None, Some(30)], "15 less the 12 of before");
    // Where both were hidden, what they are together tells neither.
    let with_total = list().total("all").unwrap();
    let before = suppress(&areas(with_total, &counts, &["A", "B", "C", "all"]), &Memory::new()).unwrap();
    assert_eq!(figures(&before)[..2], [Figure::Hidden, Figure::Hidden]);
    let release = suppress(&areas(merged(), &counts, &["AB", "C"]), &before.memory).unwrap();
    assert_eq!(told(&release), [Some(15), Some(30)]);
}

const AREAS: [&str; 7] = ["a", "b", "c", "d", "west", "east", "all"];

fn by_sex() -> Edition {
    let mut edition = sexes(20);
    edition.publish(Table::new("by sex").by("area", AREAS).by("sex", ["women", "men", "both"]));
    edition
}

/// Without a table; in area a there are so many men.
fn sexes(men: i64) -> Edition {
    let area = Dimension::new("area", ["a", "b", "c", "d"]).unwrap();
    let area = area.group("west", ["a", "b"]).unwrap().group("east", ["c", "d"]).unwrap().total("all").unwrap();
    let sex = Dimension::new("sex", ["women", "men"]).unwrap().total("both").unwrap();
    let mut edition = Edition::new(vec![area, sex], Policy::people());
    for (place, women, men) in [("a", 3, men), ("b", 15, 30), ("c", 12, 17), ("d", 40, 50)] {
        edition.count(&[place, "women"], women).unwrap();
        edition.count(&[place, "men"], men).unwrap();
    }
    edition
}

#[test]
fn every_hidden_cell_has_a_reason() {
    let edition = by_sex();
    let release = suppress(&edition, &Memory::new()).unwrap();
    let reasons = release.reasons();
    let tally = release.tally();
    assert_eq!(reasons.len(), tally.small + tally.secondary);
    assert!(reasons.windows(2).all(|pair| pair[0].cell < pair[1].cell));
    let small = reasons.iter().find(|reason| reason.why == Why::Small).unwrap();
    assert_eq!(release.name(&edition, small.cell), "area a, sex women");
    for reason in reasons.iter().filter(|reason| reason.why == Why::Protects) {
        assert_eq!(reason.protects, [small.cell]);
        assert!(reason.sum.is_some(), "{}", release.name(&edition, reason.cell));
    }
    let beside = reasons.iter().find(|reason| release.name(&edition, reason.cell) == "area a, sex men").unwrap();
    assert_eq!(release.name(&edition, beside.sum.unwrap()), "area a");
}

#[test]
fn a_coarser_dimension_can_be_tried_out() {
    let edition = by_sex();
    let now = suppress(&edition, &Memory::new()).unwrap().tally();
    assert_eq!((now.cells, now.small), (21, 1));
    let then = what_if(&edition, &Memory::new(), "area").unwrap().unwrap();
    assert_eq!((then.cells, then.small, then.secondary), (9, 0, 0), "west, east and all by sex");
    let then = what_if(&edition, &Memory::new(), "sex").unwrap().unwrap();
    assert_eq!((then.cells, then.small, then.secondary), (7, 0, 0), "areas alone");
    assert!(matches!(
        what_if(&edition, &Memory::new(), "age"),
        Err(Refusal::Shape(ShapeError::UnknownDimension { dimension })) if dimension == "age"
    ));
}

/// Everything but one small count is out already.
#[test]
fn a_refusal_names_cell_table_and_what_to_coarsen() {
    let mut first = sexes(0);
    first.set_policy(Policy { k: 1, ..Policy::people() });
    first.publish(Table::new("all").by("area", AREAS).by("sex", ["both"]));
    let memory = suppress(&first, &Memory::new()).unwrap().memory;
    let mut second = sexes(0);
    second.publish(Table::new("by sex").by("area", AREAS).by("sex", ["women", "men"]));
    let Err(Refusal::Unprotectable { lost }) = suppress(&second, &memory) else { panic!("none of three are men") };
    assert_eq!(lost.len(), 1);
    assert_eq!((lost[0].cell.as_str(), lost[0].tables.as_slice()), ("area a, sex women", &["by sex".to_string()][..]));
    assert_eq!((lost[0].dimension.as_deref(), lost[0].merged.as_deref()), (Some("area"), Some("area west, sex women")));
    assert!(lost[0].to_string().ends_with("publish area only for area west, sex women, or withhold a table"));
}
