//! A cube as bytes: what was not written so is refused with one sentence, and nothing else happens.

use proptest::prelude::*;
use romduol_cube::*;

/// Sparse and dense slices of every width, expectations, a validity and a link.
fn cube() -> Cube {
    let parents: Vec<Option<u32>> = (0..90_u32).map(|n| (n > 0).then_some(0)).collect();
    let mut tree = AreaTree::new(&parents).unwrap();
    tree.set_valid(89, 2..9).unwrap();
    tree.succeed(88, 89).unwrap();
    let mut cube = Cube::new(tree);
    let dimension = Dimension { size: 1, additive: true };
    let shape = Shape::new(vec![dimension]).unwrap();
    for (n, step) in (0_u32..).zip([1.0, 300.0, 70_000.0, -0.5]) {
        let place = if n == 1 { PlaceRule::Max } else { PlaceRule::Sum };
        cube.add_measure(Measure { shape: shape.clone(), place, time: TimeRule::Last });
        cube.set(n, 7, 3, &[0], step).unwrap();
        cube.expect(n, 5, &[1, 2, 89]).unwrap();
        for area in 1..80 {
            cube.set(n, 5, area, &[u16::from(area % 2 == 0)], f64::from(area) * step).unwrap();
        }
    }
    cube
}

#[test]
fn what_was_written_is_read() {
    let cube = cube();
    let bytes = cube.to_bytes();
    let read = Cube::from_bytes(&bytes).unwrap();
    assert_eq!(read.to_bytes(), bytes);
    assert_eq!(read.tree(), cube.tree());
    for measure in 0..4 {
        assert_eq!(read.measure(measure), cube.measure(measure));
        assert!(read.observations(measure).unwrap().eq(cube.observations(measure).unwrap()));
        assert_eq!(read.coverage(measure, 5, 0), cube.coverage(measure, 5, 0));
    }
    assert!(Cube::from_bytes(&Cube::new(AreaTree::default()).to_bytes()).is_ok());
}

#[test]
fn each_refusal_is_one_sentence() {
    let bytes = cube().to_bytes();
    let refusal = |bytes: &[u8]| Cube::from_bytes(bytes).unwrap_err();
    assert_eq!(refusal(b"PK"), BytesError::Foreign);
    let mut other = bytes.clone();
    other[8] = 9;
    assert_eq!(refusal(&other), BytesError::Format { found: 9, known: 1 });
    let all = (bytes.len() - 32) as u64;
    assert_eq!(refusal(&bytes[..bytes.len() - 1]), BytesError::Length { found: all - 1, expected: all });
    let mut other = bytes.clone();
    other[40] ^= 1;
    assert_eq!(refusal(&other), BytesError::Checksum);
    assert_eq!(
        refusal(&other).to_string(),
        "the bytes of the cube are damaged: their checksum is wrong; build the cube again"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn random_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), head in any::<bool>()) {
        let mut all = if head { b"rmdlCUBE".to_vec() } else { Vec::new() };
        all.extend(bytes);
        prop_assert!(Cube::from_bytes(&all).is_err());
    }

    #[test]
    fn changed_and_cut_bytes_are_refused(at in any::<prop::sample::Index>(), flip in 1_u8.., cut in any::<bool>()) {
        thread_local!(static BYTES: Vec<u8> = cube().to_bytes());
        let mut bytes = BYTES.with(Clone::clone);
        let at = at.index(bytes.len());
        if cut {
            bytes.truncate(at);
        } else {
            bytes[at] ^= flip;
        }
        prop_assert!(Cube::from_bytes(&bytes).is_err());
    }
}
