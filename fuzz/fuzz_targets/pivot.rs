//! The choice of a pivot table in an address: whatever it says there is a table, what is not known is said, and the address
//! that is given back leads to the same choice.
#![no_main]

use libfuzzer_sys::fuzz_target;
use romduol_fuzz::{plan, told};
use romduol_plan::kinds::{Class, Indicator};
use romduol_plan::pivot::Choice;
use romduol_plan::readings::View;

fuzz_target!(|text: &str| {
    let (state, totals) = plan();
    let view = View { state, totals, illustrative: false };
    let public = |indicator: &Indicator| indicator.class == Class::Public;
    let pair = |line: &str| line.split_once('=').map(|(key, value)| (key.to_string(), value.to_string()));
    let pairs: Vec<(String, String)> = text.lines().filter_map(pair).take(40).collect();
    let (choice, says) = Choice::read(&view, &pairs, &public).expect("a plan with public indicators");
    assert!(says.len() <= pairs.len() + 3);
    says.iter().for_each(|say| told(say, text));
    assert!(choice.indicators.iter().all(|indicator| public(indicator)));
    let owned = |choice: &Choice| -> Vec<(String, String)> {
        choice.pairs().into_iter().map(|(key, value)| (key.to_string(), value)).collect()
    };
    let address = owned(&choice);
    let (again, _) = Choice::read(&view, &address, &public).expect("a plan with public indicators");
    assert_eq!(owned(&again), address);
});
