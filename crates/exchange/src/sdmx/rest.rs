//! Questions as the SDMX REST standard writes them, versions 2 (for SDMX 3.0) and 1 (for SDMX 2.1), and their answers.
//! Refuses to know HTTP itself: a path, a query and what is accepted come in, a media type and a text go out.

use romduol_plan::Date;

use super::artefacts::Wanted;
use super::choose::Choice;
use super::detail::Detail;
use super::media::{About, Form, Labels, by_name, choose, labels, media};
use super::{Dataset, availability, csv, data_generic, data_json, data_ml, structure_json, structure_ml};

/// A question. The path begins with `v1` or `v2`; path and query are as they stand in the address.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub path: &'a str,
    pub query: &'a str,
    pub accept: &'a str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub media: String,
    pub body: String,
}

/// Why there is no answer; each with its sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("{0}")]
    Bad(String),
    #[error("There is nothing like that here: {0}.")]
    Nothing(String),
    #[error(
        "None of the formats that were asked for is offered; see the documentation of the open data for those that are."
    )]
    Format,
    #[error("“{0}” is not offered here.")]
    Unknown(String),
}

impl Refused {
    /// The number that HTTP has for it.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Refused::Bad(_) => 400,
            Refused::Nothing(_) => 404,
            Refused::Format => 406,
            Refused::Unknown(_) => 501,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    One,
    Two,
}

/// As of which day is asked.
///
/// # Errors
/// A day that is none.
pub fn as_of(query: &str) -> Result<Option<Date>, Refused> {
    let asked = options(query).into_iter().find(|(name, _)| name == "asOf");
    let day = |(_, text): (String, String)| {
        let day = text.get(..10).and_then(Date::parse);
        day.ok_or_else(|| Refused::Bad(format!("asOf={text} is no day; write 2026-01-31.")))
    };
    asked.map(day).transpose()
}

/// Answers.
///
/// # Errors
/// What cannot be read, what is not there, and what is not offered.
pub fn answer(data: &Dataset, request: &Request) -> Result<Answer, Refused> {
    let steps: Vec<String> = request.path.split('/').filter(|step| !step.is_empty()).map(decoded).collect();
    let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
    let asked = Asked { data, request, options: options(request.query) };
    match steps.as_slice() {
        ["v2", "structure", kind, at @ ..] => asked.structure(Line::Two, kind, at),
        ["v2", "data", context, at @ ..] => asked.data_in(context, at),
        ["v2", "schema", context, at @ ..] => asked.schema(context, at),
        ["v2", "availability", context, at @ ..] => asked.available_in(context, at),
        ["v1", "availableconstraint", flow, at @ ..] => asked.available_of(flow, at),
        ["v1", "data", flow, at @ ..] => asked.data_of(flow, at),
        ["v1", kind @ ("dataflow" | "datastructure" | "codelist" | "conceptscheme" | "structure"), at @ ..] => {
            asked.structure(Line::One, kind, at)
        }
        ["v1" | "v2", other, ..] => Err(Refused::Unknown((*other).into())),
        _ => Err(Refused::Nothing(request.path.into())),
    }
}

struct Asked<'a> {
    data: &'a Dataset,
    request: &'a Request<'a>,
    options: Vec<(String, String)>,
}

impl Asked<'_> {
    fn option(&self, name: &str) -> &str {
        self.options.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    fn form(&self, about: About, usual: Form) -> Result<Form, Refused> {
        let found = match self.option("format") {
            "" => choose(about, self.request.accept, usual),
            name => by_name(about, name, usual),
        };
        found.ok_or(Refused::Format)
    }

    fn nothing(&self) -> Refused {
        Refused::Nothing(self.request.path.into())
    }

    fn ours(&self, agency: &str, version: &str) -> bool {
        let agency = ["*", "all"].contains(&agency) || agency.split(',').any(|one| one == self.data.agency);
        // The newest is the only one; the one that is stable is the same.
        agency
            && (["", "*", "~", "+", "latest", "all"].contains(&version)
                || version.split(',').any(|one| self.version(one)))
    }

    /// `2.0.0`, or with a wildcard for later ones as in `2+.0.0`.
    fn version(&self, asked: &str) -> bool {
        let own = self.data.version.as_str();
        let number = |text: &str| text.split('.').map(|part| part.parse().unwrap_or(0)).collect::<Vec<u32>>();
        asked == own || asked.contains('+') && number(&asked.replace('+', "")) <= number(own)
    }

    fn structure(&self, line: Line, kind: &str, at: &[&str]) -> Result<Answer, Refused> {
        let [agency, id, version] =
            [(0, "*"), (1, "*"), (2, "~")].map(|(n, usual)| at.get(n).copied().unwrap_or(usual));
        if at.len() > 4 {
            return Err(Refused::Bad(
                "An address of a structure has at most type, agency, id, version and item.".into(),
            ));
        }
        let form = self.form(About::Structure, if line == Line::One { Form::Ml21 } else { Form::Ml30 })?;
        let mut wanted = match self.ours(agency, version) {
            true => Wanted::named(self.data, kind, id),
            false => Wanted::default(),
        };
        wanted.stubs = matches!(self.option("detail"), "allstubs" | "allcompletestubs");
        if wanted.is_empty() {
            return Err(self.nothing());
        }
        let references = self.option("references");
        let wanted = wanted.with_references(self.data, references);
        let wanted = wanted.ok_or_else(|| Refused::Unknown(format!("references={references}")))?;
        Ok(self.structures(&wanted, form))
    }

    /// The structure that data of a dataflow obey; programs that read data ask for it first.
    fn schema(&self, context: &str, at: &[&str]) -> Result<Answer, Refused> {
        let form = self.form(About::Structure, Form::Ml30)?;
        self.found(context, at)?;
        let wanted = Wanted { flow: false, ..Wanted::all(self.data) };
        Ok(self.structures(&wanted, form))
    }

    fn structures(&self, wanted: &Wanted, form: Form) -> Answer {
        let body = match form {
            Form::Json1 => structure_json::write(self.data, wanted, structure_json::Version::One),
            Form::Json2 => structure_json::write(self.data, wanted, structure_json::Version::Two),
            _ => structure_ml::write(self.data, wanted, written(form)),
        };
        Answer { media: media(About::Structure, form), body }
    }

    /// Whether context, agency, id and version name our data.
    fn found(&self, context: &str, at: &[&str]) -> Result<(), Refused> {
        let [agency, id, version] = [0, 1, 2].map(|n| at.get(n).copied().unwrap_or("*"));
        let is = |own: &str| id == "*" || id.split(',').any(|one| one == own);
        let named = match context {
            "dataflow" => is(&self.data.flow.id),
            "datastructure" => is(&self.data.structure.id),
            "*" => is(&self.data.flow.id) || is(&self.data.structure.id),
            "provisionagreement" => false,
            other => return Err(Refused::Bad(format!("“{other}” is no context of data."))),
        };
        if named && self.ours(agency, version) { Ok(()) } else { Err(self.nothing()) }
    }

    fn available_in(&self, context: &str, at: &[&str]) -> Result<Answer, Refused> {
        let form = self.form(About::Structure, Form::Ml30)?;
        self.found(context, at)?;
        self.available(at.get(3).copied().unwrap_or("*"), at.get(4).copied(), form)
    }

    fn available_of(&self, flow: &str, at: &[&str]) -> Result<Answer, Refused> {
        let form = self.form(About::Structure, Form::Ml21)?;
        self.found_flow(flow)?;
        // Between the key and the dimension stands who provides the data; all is of one.
        self.available(at.first().copied().unwrap_or("all"), at.get(2).copied(), form)
    }

    /// The codes that occur, of one dimension or of all.
    fn available(&self, key: &str, only: Option<&str>, form: Form) -> Result<Answer, Refused> {
        let mut choice = Choice::default();
        choice.key(self.data, key).map_err(Refused::Bad)?;
        for (name, value) in &self.options {
            match name.strip_prefix("c[").and_then(|name| name.strip_suffix(']')) {
                Some(dimension) => choice.filter(self.data, dimension, value).map_err(Refused::Bad)?,
                None if name == "startPeriod" => choice.from(value).map_err(Refused::Bad)?,
                None if name == "endPeriod" => choice.to(value).map_err(Refused::Bad)?,
                None => {}
            }
        }
        let rows = choice.rows(self.data);
        let only = only.filter(|id| !["*", "all"].contains(id));
        let codes = availability::occurring(self.data, &rows, only);
        if rows.is_empty() || codes.is_empty() {
            return Err(self.nothing());
        }
        let body = match form {
            Form::Json1 => availability::json(self.data, &codes, structure_json::Version::One),
            Form::Json2 => availability::json(self.data, &codes, structure_json::Version::Two),
            _ => availability::ml(self.data, &codes, written(form)),
        };
        Ok(Answer { media: media(About::Structure, form), body })
    }

    fn data_in(&self, context: &str, at: &[&str]) -> Result<Answer, Refused> {
        let form = self.form(About::Data, Form::Ml30)?;
        self.found(context, at)?;
        let mut choice = Choice::default();
        choice.key(self.data, at.get(3).copied().unwrap_or("*")).map_err(Refused::Bad)?;
        self.observations(choice, form)
    }

    fn data_of(&self, flow: &str, at: &[&str]) -> Result<Answer, Refused> {
        let form = self.form(About::Data, Form::Ml21)?;
        self.found_flow(flow)?;
        let mut choice = Choice::default();
        choice.key(self.data, at.first().copied().unwrap_or("all")).map_err(Refused::Bad)?;
        self.observations(choice, form)
    }

    /// Whether the name of a dataflow as version 1 writes it is that of ours.
    fn found_flow(&self, flow: &str) -> Result<(), Refused> {
        let parts: Vec<&str> = flow.split(',').collect();
        match parts.as_slice() {
            [id] => self.found("dataflow", &["*", id, "*"]),
            [agency, id] => self.found("dataflow", &[agency, id, "*"]),
            [agency, id, version] => self.found("dataflow", &[agency, id, version]),
            _ => Err(Refused::Bad(format!("“{flow}” is no dataflow; write AGENCY,ID,VERSION."))),
        }
    }

    fn observations(&self, mut choice: Choice, form: Form) -> Result<Answer, Refused> {
        let (mut limit, mut offset, mut detail) = (usize::MAX, 0, Detail::Full);
        for (name, value) in &self.options {
            let number = || value.parse().map_err(|_| Refused::Bad(format!("{name}={value} is no number.")));
            match (name.as_str(), value.as_str()) {
                ("startPeriod", _) => choice.from(value).map_err(Refused::Bad)?,
                ("endPeriod", _) => choice.to(value).map_err(Refused::Bad)?,
                ("firstNObservations", _) => choice.first = Some(number()?),
                ("lastNObservations", _) => choice.last = Some(number()?),
                ("limit", _) => limit = number()?,
                ("offset", _) => offset = number()?,
                ("detail", "dataonly") | ("attributes", "none") => detail = Detail::Values,
                ("detail", "serieskeysonly" | "nodata") => detail = Detail::Keys,
                // Leaving it out would give what did not change for what did.
                ("updatedAfter", _) | ("includeHistory", "true") => {
                    return Err(Refused::Unknown(format!("{name}={value}")));
                }
                // What is no question about the data, such as what a browser adds against its own memory, changes nothing.
                (name, _) => {
                    if let Some(dimension) = name.strip_prefix("c[").and_then(|name| name.strip_suffix(']')) {
                        choice.filter(self.data, dimension, value).map_err(Refused::Bad)?;
                    }
                }
            }
        }
        let rows: Vec<_> = choice.rows(self.data).into_iter().skip(offset).take(limit).collect();
        if rows.is_empty() {
            return Err(self.nothing());
        }
        let in_series = match self.option("dimensionAtObservation") {
            "" | super::TIME => true,
            "AllDimensions" => false,
            other => return Err(Refused::Unknown(format!("dimensionAtObservation={other}"))),
        };
        if detail == Detail::Keys && matches!(form, Form::JsonDraft | Form::Json1 | Form::Json2) {
            return Err(Refused::Unknown("detail=serieskeysonly as JSON".into()));
        }
        let (less, fewer) = detail.of(self.data, &rows);
        let (data, rows) = match &less {
            Some(less) => (less, fewer.iter().collect()),
            None => (self.data, rows),
        };
        let labels = labels(self.request.accept, self.option("format"));
        let body = match form {
            Form::Csv1 => csv::write(data, &rows, csv::Version::One, labels),
            Form::Csv2 | Form::Csv21 => csv::write(data, &rows, csv::Version::Two, labels),
            Form::JsonDraft => data_json::write(data, &rows, data_json::Version::Draft),
            Form::Json1 => data_json::write(data, &rows, data_json::Version::One),
            Form::Json2 => data_json::write(data, &rows, data_json::Version::Two),
            Form::Generic21 => data_generic::write(data, &rows, in_series),
            Form::Ml21 | Form::Ml30 | Form::Ml31 => data_ml::write(data, &rows, written(form), in_series),
        };
        let media = media(About::Data, form);
        let labelled = match labels {
            Labels::Both => ";labels=both",
            Labels::Names => ";labels=name",
            Labels::Ids => "",
        };
        let labelled = if matches!(form, Form::Csv1 | Form::Csv2 | Form::Csv21) { labelled } else { "" };
        Ok(Answer { media: format!("{media}{labelled}"), body })
    }
}

/// The version of SDMX-ML.
fn written(form: Form) -> structure_ml::Version {
    match form {
        Form::Ml21 => structure_ml::Version::V21,
        Form::Ml31 => structure_ml::Version::V31,
        _ => structure_ml::Version::V30,
    }
}

fn options(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(key, value)| (decoded(key), decoded(value)))
        .collect()
}

/// Undoes percent signs and leaves plus signs, which are versions and lists here.
fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}
