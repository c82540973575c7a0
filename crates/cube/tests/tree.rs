//! Trees and shapes: numbering, and what is refused.

use proptest::prelude::*;
use romduol_cube::*;

#[test]
fn areas_may_come_in_any_order() {
    // 4 is the root; 2 and 0 below it; 3 and 1 below 0.
    let tree = AreaTree::new(&[Some(4), Some(0), Some(4), Some(0), None]).unwrap();
    let order: Vec<_> = (0..5).filter_map(|p| tree.area_at(p)).collect();
    assert_eq!(order, [4, 0, 1, 3, 2]);
    assert_eq!(tree.subtree(4), 0..5);
    assert_eq!(tree.subtree(0), 1..4);
    assert_eq!(tree.subtree(2), 4..5);
    assert_eq!(tree.children(4).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(tree.children(3).count(), 0);
    assert_eq!(tree.ancestors(3).collect::<Vec<_>>(), [0, 4]);
    assert_eq!(tree.level(3), Some(2));
    assert_eq!(tree.at_level(4, 1).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(tree.at_level(0, 2).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(tree.at_level(2, 2).count(), 0, "a ragged branch has none");
}

#[test]
fn many_roots_and_none() {
    let tree = AreaTree::new(&[None, None, Some(0)]).unwrap();
    assert_eq!(tree.roots().collect::<Vec<_>>(), [0, 1]);
    assert_eq!(tree.subtree(0), 0..2);
    assert_eq!(tree.subtree(1), 2..3);
    let empty = AreaTree::new(&[]).unwrap();
    assert!(empty.is_empty());
    assert_eq!(empty.roots().count(), 0);
}

#[test]
fn an_unknown_area_is_nowhere() {
    let tree = AreaTree::new(&[None]).unwrap();
    assert_eq!(tree.position(1), None);
    assert_eq!(tree.area_at(1), None);
    assert_eq!(tree.level(1), None);
    assert!(tree.subtree(1).is_empty());
    assert_eq!(tree.children(1).count(), 0);
    assert_eq!(tree.ancestors(1).count(), 0);
    assert_eq!(tree.at_level(1, 0).count(), 0);
}

#[test]
fn circles_and_unknown_parents_are_refused() {
    let unknown = AreaTree::new(&[None, Some(9)]);
    assert_eq!(unknown, Err(TreeError::UnknownParent { area: 1, parent: 9 }));
    assert_eq!(AreaTree::new(&[Some(0)]), Err(TreeError::Cycle { area: 0 }));
    let below = AreaTree::new(&[None, Some(2), Some(1), Some(2)]);
    assert_eq!(below, Err(TreeError::Cycle { area: 1 }));
}

#[test]
fn a_chain_as_deep_as_it_is_long() {
    let parents: Vec<_> = (0..100_000_u32).map(|n| n.checked_sub(1)).collect();
    let tree = AreaTree::new(&parents).unwrap();
    assert_eq!(tree.level(99_999), Some(99_999));
    assert_eq!(tree.ancestors(99_999).count(), 99_999);
}

#[test]
fn shapes_that_are_too_large_are_refused() {
    let one = Dimension { size: 1, additive: true };
    let wide = Dimension { size: u16::MAX, additive: true };
    assert_eq!(Shape::new(vec![one; 33]), Err(ShapeError::TooManyDimensions { count: 33 }));
    assert_eq!(Shape::new(vec![wide, wide]), Err(ShapeError::TooManyCombinations));
    let widest = Shape::new(vec![wide]).unwrap();
    assert_eq!(widest.combination(&[u16::MAX]), Ok(65_535));
    assert_eq!(widest.not_stated(), 65_535);
    assert_eq!(Shape::default().combinations(), 1);
    assert_eq!(Shape::default().combination(&[]), Ok(0));
}

proptest! {
    #[test]
    fn combinations_are_numbered_without_gaps(sizes in prop::collection::vec(0_u16..5, 0..5)) {
        let dimensions = sizes.iter().map(|&size| Dimension { size, additive: true }).collect();
        let shape = Shape::new(dimensions).unwrap();
        for combination in 0..shape.combinations() {
            let categories = shape.categories(combination);
            prop_assert_eq!(shape.combination(&categories), Ok(combination));
        }
        let not_stated: Vec<u16> = shape.dimensions().iter().map(Dimension::not_stated).collect();
        prop_assert_eq!(shape.combination(&not_stated), Ok(shape.not_stated()));
    }
}
