//! What a record of any kind is called in lists, links and search results.

use super::Body;
use crate::text::Text;

impl Body {
    /// The record's name or first words; empty where it has none and its id must do.
    pub fn title(&self) -> Text {
        match self {
            Body::Plan(record) => record.title.clone(),
            Body::Area(record) => record.name.clone(),
            Body::Institution(record) => record.name.clone(),
            Body::Dimension(record) => record.name.clone(),
            Body::Category(record) => record.name.clone(),
            Body::Theme(record) => record.title.clone(),
            Body::Node(record) => record.title.clone(),
            Body::Indicator(record) => record.name.clone(),
            Body::Slot(record) => Text::en(&record.framework),
            Body::Form(record) => record.name.clone(),
            Body::Evidence(record) => record.label.clone(),
            Body::Preference(record) => record.reason.clone(),
            Body::CountLink(record) => record.reason.clone(),
            Body::Policy(record) => record.name.clone(),
            Body::Gap(record) => record.summary.clone(),
            Body::Instrument(record) => record.title.clone(),
            Body::Position(record) => Text { en: record.date.to_string(), km: record.date.to_string() },
            Body::Consultation(record) => record.title.clone(),
            Body::Attendance(record) => record.group.clone(),
            Body::Contribution(record) => record.said.clone(),
            Body::Contradiction(record) => record.title.clone(),
            Body::Element(record) => record.title.clone(),
            Body::Assessment(record) => record.reason.clone(),
            Body::Model(record) => record.title.clone(),
            Body::Committee(record) => record.name.clone(),
            Body::Meeting(record) => record.title.clone(),
            Body::Proposal(record) => record.title.clone(),
            Body::Task(record) => record.title.clone(),
            Body::Rating(record) => record.reason.clone(),
            Body::Occasion(record) => record.title.clone(),
            Body::Choice(record) => record.adaptation.clone(),
            Body::Decision(record) => record.title.clone(),
            Body::NextStep(record) => record.title.clone(),
            Body::UnitCost(record) => record.title.clone(),
            Body::CostLine(record) if record.title.is_empty() => {
                Text::en(format!("{} {}", record.year, record.input.code()))
            }
            Body::CostLine(record) => record.title.clone(),
            Body::Fund(record) => record.name.clone(),
            Body::Funding(record) => Text::en(format!("{} {} {}", record.year, record.currency.code(), record.amount)),
            Body::Version(record) => record.title.clone(),
            Body::Edition(record) => record.note.clone(),
            Body::Target(_)
            | Body::Assignment(_)
            | Body::Seat(_)
            | Body::Presence(_)
            | Body::Alignment(_)
            | Body::Rate(_)
            | Body::Override(_)
            | Body::Lock(_)
            | Body::Return(_) => Text::default(),
        }
    }
}
