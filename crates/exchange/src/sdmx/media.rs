//! Which format a client takes: what it accepts, best first, against what there is. Refuses to know how it is written.

/// A format that can be given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Csv1,
    Csv2,
    /// Data only; what is told here is written as in 2.0.
    Csv21,
    Ml21,
    /// Data only.
    Generic21,
    Ml30,
    Ml31,
    /// Data only: the draft before 1.0, which explorers still ask for.
    JsonDraft,
    Json1,
    Json2,
}

/// What stands in the cells of CSV.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Labels {
    Ids,
    /// The name behind each id.
    Both,
    /// The name in a column of its own, behind that of the ids.
    Names,
}

/// What a question is about; the two have formats of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    Data,
    Structure,
}

/// What there is: the first line that fits is taken, so the main one of a type stands before older ones.
const DATA: [(&str, &str, Form); 11] = [
    ("application/vnd.sdmx.data+xml", "3.0.0", Form::Ml30),
    ("application/vnd.sdmx.data+xml", "3.1.0", Form::Ml31),
    ("application/vnd.sdmx.data+csv", "2.0.0", Form::Csv2),
    ("application/vnd.sdmx.data+csv", "2.1.0", Form::Csv21),
    ("application/vnd.sdmx.data+csv", "1.0.0", Form::Csv1),
    ("application/vnd.sdmx.data+json", "2.0.0", Form::Json2),
    ("application/vnd.sdmx.data+json", "1.0.0", Form::Json1),
    ("application/vnd.sdmx.data+json", "1.0.0-wd", Form::JsonDraft),
    ("application/vnd.sdmx.structurespecificdata+xml", "2.1", Form::Ml21),
    ("application/vnd.sdmx.structurespecificdata+xml", "", Form::Ml21),
    ("application/vnd.sdmx.genericdata+xml", "2.1", Form::Generic21),
];
const STRUCTURE: [(&str, &str, Form); 5] = [
    ("application/vnd.sdmx.structure+xml", "3.0.0", Form::Ml30),
    ("application/vnd.sdmx.structure+xml", "3.1.0", Form::Ml31),
    ("application/vnd.sdmx.structure+xml", "2.1", Form::Ml21),
    ("application/vnd.sdmx.structure+json", "2.0.0", Form::Json2),
    ("application/vnd.sdmx.structure+json", "1.0.0", Form::Json1),
];

fn offered(about: About) -> &'static [(&'static str, &'static str, Form)] {
    match about {
        About::Data => &DATA,
        About::Structure => &STRUCTURE,
    }
}

/// The media type of an answer.
pub fn media(about: About, form: Form) -> String {
    let (kind, version, _) =
        offered(about).iter().find(|(_, _, offered)| *offered == form).expect("only what is offered is chosen");
    format!("{kind};version={version}")
}

/// The format for the header `Accept`; `usual` where the client does not mind. None where it wants what there is not.
pub fn choose(about: About, accept: &str, usual: Form) -> Option<Form> {
    let mut wishes: Vec<(f32, &str)> = accept.split(',').map(|wish| (quality(wish), wish.trim())).collect();
    wishes.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    if accept.trim().is_empty() {
        return Some(usual);
    }
    wishes.iter().filter(|(quality, _)| *quality > 0.0).find_map(|(_, wish)| fit(about, wish, usual))
}

/// Whether names are wanted beside the ids in CSV, by the header `Accept` or by the short name of a format.
pub fn labels(accept: &str, format: &str) -> Labels {
    let wishes = accept.split(',').filter(|wish| quality(wish) > 0.0);
    let asked = wishes.filter_map(|wish| parameter(wish, "labels")).find_map(|labels| match labels {
        "both" => Some(Labels::Both),
        "name" => Some(Labels::Names),
        _ => None,
    });
    match format {
        "csvfilewithlabels" => Labels::Names,
        _ => asked.unwrap_or(Labels::Ids),
    }
}

/// The format by its short name, as some clients put it into the address.
pub fn by_name(about: About, name: &str, usual: Form) -> Option<Form> {
    match (about, name) {
        (About::Data, "csv" | "csvdata" | "csvfile" | "csvfilewithlabels") => Some(Form::Csv2),
        (About::Data, "jsondata") => Some(Form::Json2),
        (About::Data, "genericdata") => Some(Form::Generic21),
        (About::Structure, "jsonstructure" | "sdmx-json") => Some(Form::Json2),
        (_, "xml" | "structurespecificdata" | "sdmx") => Some(usual),
        _ => None,
    }
}

fn parameter<'a>(wish: &'a str, name: &str) -> Option<&'a str> {
    let pairs = wish.split(';').skip(1).filter_map(|pair| pair.split_once('='));
    pairs.map(|(key, value)| (key.trim(), value.trim().trim_matches('"'))).find(|(key, _)| *key == name).map(|(_, v)| v)
}

fn quality(wish: &str) -> f32 {
    let given = parameter(wish, "q").and_then(|text| text.parse::<f32>().ok());
    given.filter(|quality| quality.is_finite()).unwrap_or(1.0)
}

fn fit(about: About, wish: &str, usual: Form) -> Option<Form> {
    let kind = wish.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    match (kind.as_str(), about) {
        ("*/*" | "application/*" | "application/xml" | "text/xml", _) => return Some(usual),
        ("application/json", _) => return Some(Form::Json2),
        ("text/csv" | "text/*", About::Data) => return Some(Form::Csv2),
        _ => {}
    }
    let version = parameter(wish, "version");
    if parameter(wish, "labels").is_some_and(|labels| !matches!(labels, "id" | "code" | "both" | "name")) {
        return None;
    }
    let same = |(offered, known, _): &&(&str, &str, Form)| {
        *offered == kind && version.is_none_or(|wanted| short(wanted) == short(known))
    };
    offered(about).iter().find(same).map(|(_, _, form)| *form)
}

/// Many write `2.0` for `2.0.0`.
fn short(version: &str) -> &str {
    version.trim_end_matches(".0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_get_what_they_read() {
        let data = |accept| choose(About::Data, accept, Form::Ml30);
        assert_eq!(data("*/*"), Some(Form::Ml30));
        assert_eq!(data("application/vnd.sdmx.data+csv;version=2.0.0"), Some(Form::Csv2));
        assert_eq!(data("application/vnd.sdmx.data+csv; version=1.0.0"), Some(Form::Csv1));
        assert_eq!(data("text/csv;q=0.5, application/vnd.sdmx.data+json"), Some(Form::Json2));
        assert_eq!(data("application/vnd.sdmx.data+csv;version=2.0.0;labels=both"), Some(Form::Csv2));
        assert_eq!(data("application/vnd.sdmx.data+csv;version=2.0.0;labels=name"), Some(Form::Csv2));
        assert_eq!(data("application/vnd.sdmx.data+csv;version=2.0.0;labels=all"), None);
        assert_eq!(data("application/vnd.sdmx.data+csv;file=true;labels=code"), Some(Form::Csv2));
        assert_eq!(data("application/vnd.sdmx.data+csv; version=2.0; charset=utf-8"), Some(Form::Csv2));
        assert_eq!(data("application/vnd.sdmx.data+csv;version=1.0"), Some(Form::Csv1));
        assert_eq!(data("application/vnd.sdmx.data+csv;version=2.1.0"), Some(Form::Csv21));
        assert_eq!(data("application/vnd.sdmx.data+csv;version=20.0"), None);
        assert_eq!(data("application/vnd.sdmx.data+json;version=1.0"), Some(Form::Json1));
        assert_eq!(data("application/vnd.sdmx.data+json;version=1.0.0-wd"), Some(Form::JsonDraft));
        assert_eq!(data("application/vnd.sdmx.data+xml;version=3.1.0"), Some(Form::Ml31));
        let several = "text/html;q=0.9,application/vnd.sdmx.data+csv;version=2.0.0;q=0.8,*/*;q=0.1";
        assert_eq!(data(several), Some(Form::Csv2));
        assert_eq!(data("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), Some(Form::Ml30));
        assert_eq!(data("application/vnd.sdmx.genericdata+xml;version=2.1"), Some(Form::Generic21));
        assert_eq!(data("image/png"), None);
        assert_eq!(data("image/png, */*;q=0.1"), Some(Form::Ml30));
        let structure = |accept| choose(About::Structure, accept, Form::Ml21);
        assert_eq!(structure("application/vnd.sdmx.structure+xml;version=2.1"), Some(Form::Ml21));
        assert_eq!(structure("application/vnd.sdmx.structure+json;version=2.0.0"), Some(Form::Json2));
        assert_eq!(structure("application/vnd.sdmx.structure+json;version=1.0;urn=true"), Some(Form::Json1));
        assert_eq!(structure("text/csv"), None);
    }
}
