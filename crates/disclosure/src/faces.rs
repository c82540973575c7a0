//! Which dimensions must be crossed. Tables by area and age and by area and sex need no counts by all three: tables that
//! agree in what they share, and hang together without a circle, are always parts of one whole (Vorob'ev 1962). A circle
//! (area and age, age and sex, sex and area) is crossed. It refuses to know codes.

/// Sets of dimensions, a bit for each: the largest of those given, put together until they hang together in no circle.
pub(crate) fn faces(mut faces: Vec<u64>) -> Vec<u64> {
    loop {
        keep_largest(&mut faces);
        let rest = without_leaves(&faces);
        if rest.is_empty() {
            return faces;
        }
        // Put together the two of the circle that cross fewest dimensions.
        let pairs = rest.iter().enumerate().flat_map(|(at, &a)| rest[at + 1..].iter().map(move |&b| (a, b)));
        let Some((a, b)) = pairs.min_by_key(|&(a, b)| (faces[a] | faces[b]).count_ones()) else { return faces };
        faces[a] |= faces[b];
    }
}

fn keep_largest(faces: &mut Vec<u64>) {
    faces.sort_by_key(|face| (std::cmp::Reverse(face.count_ones()), *face));
    let mut kept: Vec<u64> = Vec::with_capacity(faces.len());
    for face in faces.drain(..) {
        if !kept.iter().any(|large| large & face == face) {
            kept.push(face);
        }
    }
    *faces = kept;
}

/// What is left when dimensions that one face has alone, and faces within others, are taken away again and again: the
/// circle, if there is one.
fn without_leaves(faces: &[u64]) -> Vec<usize> {
    let mut left: Vec<(usize, u64)> = faces.iter().copied().enumerate().collect();
    loop {
        let before = left.clone();
        for at in 0..left.len() {
            let others =
                left.iter().enumerate().filter(|&(other, _)| other != at).fold(0, |all, (_, face)| all | face.1);
            left[at].1 &= others;
        }
        let mut at = 0;
        while at < left.len() {
            let face = left[at].1;
            let within = left.iter().enumerate().any(|(other, large)| other != at && large.1 & face == face);
            if within || face == 0 {
                left.remove(at);
            } else {
                at += 1;
            }
        }
        if left == before {
            return left.into_iter().map(|(at, _)| at).collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_stays_and_a_circle_is_crossed() {
        assert_eq!(faces(vec![0b011, 0b110, 0b010]), [0b011, 0b110]);
        assert_eq!(faces(vec![0b011, 0b110, 0b101]), [0b111]);
        assert_eq!(faces(vec![0b1011, 0b0110, 0b0101]), [0b0111, 0b1011], "the circle of three, beside a fourth");
        assert_eq!(faces(vec![0]), [0]);
    }
}
