//! Making a figure of a document the baseline of an indicator, with the figure kept as its source.

use crate::kinds::{Evidence, EvidenceUse, FigureKind, Indicator, Unit};
use crate::readings::figure_period;
use crate::say::Say;

/// The indicator with the figure as its baseline, or why the figure cannot be one.
pub fn with_figure(indicator: &Indicator, figure: &Evidence) -> Result<Indicator, Say> {
    let refused = |key: &'static str| Say::new(key).words("figure", &figure.id).words("indicator", &indicator.id);
    let value = figure.value.filter(|_| figure.kind == FigureKind::Observed);
    let value = value.ok_or_else(|| refused("refused-baseline-not-observed"))?;
    let period = figure_period(&figure.date).ok_or_else(|| refused("refused-baseline-undated"))?;
    if (indicator.unit == "%") != (figure.unit == Unit::Percent) {
        return Err(refused("refused-baseline-unit").words("unit", &indicator.unit).words("other", figure.unit.code()));
    }
    // The link says whether the indicator is the figure or the rest of the whole.
    let linked = figure.indicator.as_ref() == Some(&indicator.id);
    let complement = linked && figure.indicator_use == Some(EvidenceUse::Complement);
    Ok(Indicator {
        baseline: Some(if complement { 100.0 - value } else { value }),
        baseline_period: Some(period),
        baseline_evidence: Some(figure.id.clone()),
        ..indicator.clone()
    })
}
