//! The parts of a workbook file, unpacked once and within bounds: the sizes and counts that a file gives of itself may be
//! made up, and few bytes can unpack to many. Refuses to know what the parts mean.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::{Limit, Refusal};

/// What a workbook may unpack to, in megabytes.
pub const MEGABYTES: u64 = 64;

pub struct Parts(BTreeMap<String, Vec<u8>>);

impl Parts {
    pub fn unpack(bytes: &[u8]) -> Result<Parts, Refusal> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refusal::Damaged)?;
        let mut parts = BTreeMap::new();
        let mut room = MEGABYTES << 20;
        for at in 0..archive.len() {
            let mut part = Vec::new();
            let entry = archive.by_index(at).map_err(|_| Refusal::Damaged)?;
            let name = path(&entry.name().map_err(|_| Refusal::Damaged)?);
            entry.take(room + 1).read_to_end(&mut part).map_err(|_| Refusal::Damaged)?;
            room = room.checked_sub(part.len() as u64).ok_or(Refusal::TooMuch(Limit::Megabytes))?;
            parts.insert(name, part);
        }
        Ok(Parts(parts))
    }

    pub fn find(&self, path: &str) -> Option<Xml<'_>> {
        self.0.get(&self::path(path)).map(|part| Xml::new(part))
    }

    pub fn part(&self, path: &str) -> Result<Xml<'_>, Refusal> {
        self.find(path).ok_or(Refusal::Damaged)
    }

    /// What a part points to: the kind of each, the id by which it is called, and its path.
    pub fn links(&self, of: &str) -> Result<Vec<Link>, Refusal> {
        let (folder, name) = of.rsplit_once('/').unwrap_or(("", of));
        let Some(mut xml) = self.find(&format!("{folder}/_rels/{name}.rels")) else { return Ok(Vec::new()) };
        let mut links = Vec::new();
        while let Some(node) = xml.next()? {
            let Node::Open(element) = node else { continue };
            if element.name() != b"Relationship" {
                continue;
            }
            let target = element.value("Target")?.unwrap_or_default();
            let path = match target.strip_prefix('/') {
                Some(whole) => whole.to_string(),
                None => format!("{folder}/{target}"),
            };
            let kind = element.value("Type")?.unwrap_or_default();
            let kind = kind.rsplit('/').next().unwrap_or_default().to_string();
            links.push(Link { id: element.value("Id")?.unwrap_or_default(), kind, path });
        }
        Ok(links)
    }
}

pub struct Link {
    pub id: String,
    /// The last word of its type, such as `worksheet`.
    pub kind: String,
    pub path: String,
}

/// Names of parts do not tell large letters from small; some programs write the strokes of Windows, or go up a folder.
fn path(name: &str) -> String {
    let mut steps: Vec<String> = Vec::new();
    for step in name.replace('\\', "/").to_lowercase().split('/') {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()),
            step => steps.push(step.to_string()),
        }
    }
    steps.join("/")
}

/// A part as a stream of elements and texts, without namespaces.
pub struct Xml<'a>(quick_xml::Reader<&'a [u8]>);

pub enum Node<'a> {
    Open(Element<'a>),
    Text(String),
    Close(Vec<u8>),
}

pub struct Element<'a>(BytesStart<'a>);

impl<'a> Xml<'a> {
    fn new(part: &'a [u8]) -> Xml<'a> {
        let mut reader = quick_xml::Reader::from_reader(part);
        reader.config_mut().expand_empty_elements = true;
        Xml(reader)
    }

    /// The next element or text; none at the end.
    pub fn next(&mut self) -> Result<Option<Node<'a>>, Refusal> {
        loop {
            let damaged = |_| Refusal::Damaged;
            return Ok(Some(match self.0.read_event().map_err(|_| Refusal::Damaged)? {
                Event::Start(element) => Node::Open(Element(element)),
                Event::End(element) => Node::Close(element.local_name().as_ref().to_vec()),
                Event::Text(text) => Node::Text(text.xml10_content().map_err(damaged)?.into_owned()),
                Event::CData(text) => Node::Text(text.xml10_content().map_err(damaged)?.into_owned()),
                Event::GeneralRef(entity) => {
                    let named = entity.decode().ok().and_then(|name| resolve_predefined_entity(&name));
                    let letter = entity.resolve_char_ref().ok().flatten().map(String::from);
                    Node::Text(letter.or(named.map(String::from)).ok_or(Refusal::Damaged)?)
                }
                Event::Eof => return Ok(None),
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => continue,
            }));
        }
    }
}

impl Element<'_> {
    pub fn name(&self) -> &[u8] {
        self.0.local_name().into_inner()
    }

    /// The id of what a sheet points to. Its own `sheetId` is another attribute, and so is an `id` without a namespace.
    pub fn linked(&self) -> Result<Option<String>, Refusal> {
        for attribute in self.0.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| Refusal::Damaged)?;
            if attribute.key.prefix().is_some() && attribute.key.local_name().as_ref() == b"id" {
                let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| Refusal::Damaged)?;
                return Ok(Some(value.into_owned()));
            }
        }
        Ok(None)
    }

    /// An attribute, whatever its namespace.
    pub fn value(&self, name: &str) -> Result<Option<String>, Refusal> {
        for attribute in self.0.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| Refusal::Damaged)?;
            if attribute.key.local_name().as_ref() == name.as_bytes() {
                let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| Refusal::Damaged)?;
                return Ok(Some(value.into_owned()));
            }
        }
        Ok(None)
    }

    pub fn number(&self, name: &str) -> Result<Option<u32>, Refusal> {
        Ok(self.value(name)?.and_then(|value| value.parse().ok()))
    }

    /// Whether an attribute says yes.
    pub fn says(&self, name: &str) -> Result<bool, Refusal> {
        Ok(self.value(name)?.is_some_and(|value| value == "1" || value == "true"))
    }
}
