//! A cube as bytes, damaged behind its checksum: what contradicts itself is refused, and what is read can be asked and
//! written.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use romduol_cube::*;
use romduol_fuzz::damaged;

const HEAD: usize = 32;

/// Sparse and dense slices of several widths, expectations, a validity and a link.
fn cube() -> &'static Vec<u8> {
    static CUBE: OnceLock<Vec<u8>> = OnceLock::new();
    CUBE.get_or_init(|| {
        let parents: Vec<Option<u32>> = (0..70_u32).map(|n| (n > 0).then_some(0)).collect();
        let mut tree = AreaTree::new(&parents).expect("a tree");
        tree.set_valid(69, 2..9).expect("a validity");
        tree.succeed(68, 69).expect("a link");
        let mut cube = Cube::new(tree);
        let shape = Shape::new(vec![Dimension { size: 1, additive: true }]).expect("a shape");
        for (n, step) in (0_u32..).zip([1.0, 300.0, -0.5]) {
            let place = if n == 1 { PlaceRule::Max } else { PlaceRule::Sum };
            cube.add_measure(Measure { shape: shape.clone(), place, time: TimeRule::Last });
            cube.set(n, 7, 3, &[0], step).expect("an observation");
            cube.expect(n, 5, &[1, 2, 69]).expect("an expectation");
            for area in 1..65 {
                cube.set(n, 5, area, &[0], f64::from(area) * step).expect("an observation");
            }
        }
        cube.to_bytes()
    })
}

fuzz_target!(|input: &[u8]| {
    let good = cube();
    let mut bytes = good[..HEAD].to_vec();
    bytes.extend(damaged(&good[HEAD..], input));
    let (length, sum) = ((bytes.len() - HEAD) as u64, checksum(&bytes[HEAD..]));
    bytes[16..24].copy_from_slice(&length.to_le_bytes());
    bytes[24..32].copy_from_slice(&sum.to_le_bytes());
    match Cube::from_bytes(&bytes) {
        Ok(cube) => asked(&cube),
        Err(error) => assert!(!matches!(error, BytesError::Checksum) && !error.to_string().is_empty()),
    }
});

fn asked(cube: &Cube) {
    let areas = cube.tree().len() as u32;
    for measure in 0..cube.measures() {
        assert!(cube.observations(measure).expect("a measure that is there").all(|o| o.value.is_finite()));
        for period in cube.periods(measure).expect("a measure that is there").take(3).collect::<Vec<_>>() {
            for area in (0..areas).take(3) {
                let _ = cube.coverage(measure, period, area);
                let _ = cube.get(measure, period, area, &[0]);
            }
        }
    }
    let again = Cube::from_bytes(&cube.to_bytes()).expect("a cube reads what it has written");
    assert_eq!(again.tree(), cube.tree());
    assert_eq!(again.measures(), cube.measures());
}

/// As the cube reckons it, so that damage gets behind it.
fn checksum(bytes: &[u8]) -> u64 {
    let step = |sum: u64, word: u64| (sum ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    let mut sums = [1_u64, 2, 3, 4];
    let (blocks, rest) = bytes.as_chunks::<32>();
    for block in blocks {
        for (sum, word) in sums.iter_mut().zip(block.as_chunks::<8>().0) {
            *sum = step(*sum, u64::from_le_bytes(*word));
        }
    }
    let all = sums.into_iter().fold(bytes.len() as u64, step);
    rest.iter().fold(all, |sum, &byte| step(sum, u64::from(byte)))
}
