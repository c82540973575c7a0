//! Systems so large that several witnesses are looked for at once. It refuses to know whether that is faster.

#[path = "common/made_up.rs"]
mod made_up;

use romduol_disclosure::*;

/// P7: the number of threads changes nothing.
#[test]
fn threads_do_not_matter() {
    let mut edition = made_up::edition(18, 14, 0, 4, 4, 12.0);
    edition.set_policy(Policy { effort: Some(Effort { search: 0, prune: 0, reach: 5 }), ..Policy::people() });
    let [one, three] = [1, 3].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| suppress(&edition, &Memory::new()).unwrap())
    });
    assert_eq!((one.tables, one.witnesses), (three.tables, three.witnesses));
}
