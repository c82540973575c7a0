//! Statistical data and their structure as SDMX knows them, and its formats. Refuses to know plans, editions and HTTP.
//!
//! One dataset has one dataflow, one data structure, one scheme of concepts and its code lists, all of one agency and one
//! version. All attributes belong to single observations.

mod artefacts;
mod availability;
mod choose;
mod csv;
mod data_generic;
mod data_json;
mod data_ml;
mod detail;
mod media;
mod rest;
mod structure_json;
mod structure_ml;
mod time;

pub use rest::{Answer, Refused, Request, answer, as_of};

use artefacts::Wanted;

/// A name in each language: its code and the text. The first one is what programs show that know no languages.
pub type Names = Vec<(String, String)>;

/// Everything that is told, and how it is told.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Who keeps the structures.
    pub agency: String,
    pub version: String,
    pub flow: Named,
    pub structure: Named,
    pub concepts: Named,
    pub lists: Vec<CodeList>,
    pub dimensions: Vec<Dimension>,
    pub time: Names,
    pub measure: Names,
    pub attributes: Vec<Attribute>,
    /// In order of key and period.
    pub rows: Vec<Row>,
    /// The day it was made, as `2026-01-31`.
    pub prepared: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub id: String,
    pub name: Names,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeList {
    pub id: String,
    pub name: Names,
    pub codes: Vec<Code>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    pub id: String,
    pub name: Names,
    pub description: Names,
}

/// A dimension and the code list it takes its values from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dimension {
    pub id: String,
    pub name: Names,
    pub list: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    pub id: String,
    pub name: Names,
    pub kind: Kind,
    pub required: bool,
}

/// What an attribute holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A code of the list.
    Coded(String),
    Text,
    Number,
    Integer,
    Boolean,
}

/// An observation. Attributes are written as text; an empty one is not there.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub key: Vec<String>,
    pub period: String,
    pub value: Option<f64>,
    pub attributes: Vec<String>,
}

pub const TIME: &str = "TIME_PERIOD";
pub const VALUE: &str = "OBS_VALUE";

impl Kind {
    /// The name of its type, the same in XML and JSON.
    fn word(&self) -> &'static str {
        match self {
            Kind::Coded(_) | Kind::Text => "String",
            Kind::Number => "Double",
            Kind::Integer => "Integer",
            Kind::Boolean => "Boolean",
        }
    }
}

impl Dataset {
    #[must_use]
    pub fn list(&self, id: &str) -> Option<&CodeList> {
        self.lists.iter().find(|list| list.id == id)
    }

    /// Every concept that the structure uses.
    fn concepts(&self) -> impl Iterator<Item = (&str, &Names)> {
        let dimensions = self.dimensions.iter().map(|dimension| (dimension.id.as_str(), &dimension.name));
        let fixed = [(TIME, &self.time), (VALUE, &self.measure)];
        let attributes = self.attributes.iter().map(|attribute| (attribute.id.as_str(), &attribute.name));
        dimensions.chain(fixed).chain(attributes)
    }

    /// Whether the path of a question names this version and not just the newest.
    #[must_use]
    pub fn is_named_in(&self, path: &str) -> bool {
        path.split(['/', ',']).any(|step| step == self.version)
    }

    /// `AGENCY:ID(VERSION)`.
    fn reference(&self, id: &str) -> String {
        format!("{}:{id}({})", self.agency, self.version)
    }

    /// An id for messages, in the letters that ids may have.
    fn message_id(&self) -> String {
        format!("{}-{}", self.flow.id, self.version.replace('.', "-"))
    }

    fn urn(&self, class: &str, id: &str) -> String {
        format!("urn:sdmx:org.sdmx.infomodel.{class}={}", self.reference(id))
    }

    fn flow_urn(&self) -> String {
        self.urn("datastructure.Dataflow", &self.flow.id)
    }

    fn structure_urn(&self) -> String {
        self.urn("datastructure.DataStructure", &self.structure.id)
    }

    fn concept_urn(&self, concept: &str) -> String {
        format!("{}.{concept}", self.urn("conceptscheme.Concept", &self.concepts.id))
    }

    fn list_urn(&self, list: &str) -> String {
        self.urn("codelist.Codelist", list)
    }

    /// All data as SDMX-CSV 2.0.
    #[must_use]
    pub fn csv(&self) -> String {
        csv::write(self, &self.all(), csv::Version::Two, media::Labels::Ids)
    }

    /// All data as SDMX-ML 3.0.
    #[must_use]
    pub fn data_xml(&self) -> String {
        data_ml::write(self, &self.all(), data_ml::Version::V30, true)
    }

    /// All data as SDMX-JSON 2.0.
    #[must_use]
    pub fn data_json(&self) -> String {
        data_json::write(self, &self.all(), data_json::Version::Two)
    }

    /// All structures as SDMX-ML 3.0.
    #[must_use]
    pub fn structure_xml(&self) -> String {
        structure_ml::write(self, &Wanted::all(self), structure_ml::Version::V30)
    }

    /// All structures as SDMX-JSON 2.0.
    #[must_use]
    pub fn structure_json(&self) -> String {
        structure_json::write(self, &Wanted::all(self), structure_json::Version::Two)
    }

    fn all(&self) -> Vec<&Row> {
        self.rows.iter().collect()
    }
}

#[cfg(test)]
mod small;
#[cfg(test)]
mod tests;
