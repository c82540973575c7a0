//! Lifts record bodies written by older versions of the program to the present shape.
//!
//! A body keeps the version it was written with for ever; reading it runs the steps from there. A step is never
//! changed after a release, only added, and [`crate::Record::VERSION`] of its kind goes up by one.

use serde_json::Value;

use crate::entry::Unreadable;
use crate::kinds::Kind;

type Step = fn(&mut Value);

/// The steps of a kind; step `n` lifts a body of version `n + 1` to `n + 2`. The first release has none.
fn steps(kind: Kind) -> &'static [Step] {
    let _ = kind;
    &[]
}

pub fn lift(kind: Kind, version: u32, body: Value) -> Result<Value, Unreadable> {
    run(kind, steps(kind), version, body)
}

fn run(kind: Kind, steps: &[Step], version: u32, mut body: Value) -> Result<Value, Unreadable> {
    let newest = steps.len() as u32 + 1;
    if version == 0 || version > newest {
        return Err(Unreadable(format!(
            "it holds version {version} of “{}”, this program reads up to {newest}; use a newer program",
            kind.code()
        )));
    }
    for step in &steps[version as usize - 1..] {
        step(&mut body);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_kind_has_as_many_steps_as_its_version_needs() {
        for kind in Kind::ALL {
            assert_eq!(steps(*kind).len() as u32 + 1, kind.version(), "{}", kind.code());
        }
    }

    #[test]
    fn a_body_runs_only_the_steps_after_its_version() {
        let steps: &[Step] = &[|body| body["b"] = body["a"].take(), |body| body["c"] = json!(true)];
        let lifted = |version| run(Kind::Area, steps, version, json!({ "a": 1, "b": 2 })).unwrap();
        assert_eq!(lifted(1), json!({ "a": null, "b": 1, "c": true }));
        assert_eq!(lifted(2), json!({ "a": 1, "b": 2, "c": true }));
        assert_eq!(lifted(3), json!({ "a": 1, "b": 2 }));
        assert!(run(Kind::Area, steps, 4, json!({})).unwrap_err().0.contains("newer program"));
    }
}
