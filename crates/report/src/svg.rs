//! Writes a scene as SVG: complete for the web, or without any text for the PDF, where typst sets the labels.
//! Refuses to know what the scene shows. No script and no style attribute, because the site's CSP forbids both.

use std::fmt::Write;

use crate::markup::{Markup, push_escaped};
use crate::palette::{self, Paint};
use crate::scene::{Anchor, Form, Label, Point, Scene, Shape, Size, Tone};

/// The inline SVG of a scene: named, described, tooltips and links on its marks, right without any style sheet.
/// The page should give `.chart` `max-width: 100%; height: auto`.
pub fn svg(scene: &Scene) -> Markup {
    let mut out = String::with_capacity(1024 + scene.shapes.len() * 120);
    let hatch = hatch_id(scene);
    open_tag(&mut out, scene, "chart", " role=\"img\"");
    element(&mut out, "title", &scene.title);
    if !scene.description.is_empty() {
        element(&mut out, "desc", &scene.description);
    }
    shapes(&mut out, scene, &hatch, true);
    for label in &scene.labels {
        text(&mut out, label);
    }
    out.push_str("</svg>");
    Markup::written(out)
}

/// The same drawing without labels, tooltips and links.
pub fn shapes_only(scene: &Scene) -> String {
    let mut out = String::with_capacity(512 + scene.shapes.len() * 100);
    let hatch = hatch_id(scene);
    open_tag(&mut out, scene, "chart", "");
    shapes(&mut out, scene, &hatch, false);
    out.push_str("</svg>");
    out
}

/// A symbol beside a word that says the same, so hidden from screen readers.
pub(crate) fn icon(scene: &Scene, name: &str) -> Markup {
    let mut out = String::with_capacity(256);
    let class = format!("icon icon-{name}");
    open_tag(&mut out, scene, &class, " aria-hidden=\"true\" focusable=\"false\"");
    shapes(&mut out, scene, "", false);
    out.push_str("</svg>");
    Markup::written(out)
}

fn open_tag(out: &mut String, scene: &Scene, class: &str, more: &str) {
    let (w, h) = (Number(scene.width), Number(scene.height));
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"{class}\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\"{more}>"
    );
}

fn element(out: &mut String, name: &str, text: &str) {
    let _ = write!(out, "<{name}>");
    push_escaped(out, text);
    let _ = write!(out, "</{name}>");
}

fn shapes(out: &mut String, scene: &Scene, hatch: &str, on_screen: bool) {
    if scene.shapes.iter().any(|s| paint_of(s).hatch) {
        let _ = write!(
            out,
            "<defs><pattern id=\"{hatch}\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" \
             patternTransform=\"rotate(45)\"><rect width=\"5\" height=\"5\" fill=\"{}\"/>\
             <rect width=\"1.1\" height=\"5\" fill=\"#8b948f\"/></pattern></defs>",
            palette::PAPER
        );
    }
    for shape in &scene.shapes {
        let link = shape.href.as_deref().filter(|href| on_screen && is_safe(href));
        if let Some(href) = link {
            out.push_str("<a href=\"");
            push_escaped(out, href);
            out.push_str("\">");
        }
        mark(out, shape, hatch, on_screen);
        if link.is_some() {
            out.push_str("</a>");
        }
    }
}

/// Only paths of the site and https addresses: a link is data, and data must not become a script.
fn is_safe(href: &str) -> bool {
    let local = href.starts_with('/') || href.starts_with('#') || href.starts_with('?') || href.starts_with('.');
    (local && !href.starts_with("//")) || href.starts_with("https://")
}

fn paint_of(shape: &Shape) -> Paint {
    let is_line = matches!(shape.form, Form::Line { .. } | Form::Polyline(_));
    palette::paint(shape.role, is_line)
}

fn mark(out: &mut String, shape: &Shape, hatch: &str, on_screen: bool) {
    let name = form(out, &shape.form);
    let _ = write!(out, " class=\"{}\"", palette::class(shape.role));
    paint(out, paint_of(shape), hatch);
    match shape.tooltip.as_deref().filter(|_| on_screen) {
        Some(tip) => {
            out.push('>');
            element(out, "title", tip);
            let _ = write!(out, "</{name}>");
        }
        None => out.push_str("/>"),
    }
}

/// Writes the element's start without closing it and returns its name.
fn form(out: &mut String, form: &Form) -> &'static str {
    let n = Number;
    match form {
        Form::Line { from, to } => {
            let (x1, y1, x2, y2) = (n(from.0), n(from.1), n(to.0), n(to.1));
            let _ = write!(out, "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"");
            "line"
        }
        Form::Polyline(points) => {
            out.push_str("<polyline points=\"");
            coordinates(out, points);
            out.push_str("\" stroke-linejoin=\"round\" stroke-linecap=\"round\"");
            "polyline"
        }
        Form::Polygon(rings) => {
            out.push_str("<path fill-rule=\"evenodd\" d=\"");
            for ring in rings.iter().filter(|ring| ring.len() > 1) {
                out.push('M');
                coordinates(out, ring);
                out.push('Z');
            }
            out.push('"');
            "path"
        }
        Form::Rect { x, y, width, height } => {
            let (x, y, w, h) = (n(*x), n(*y), n(width.max(0.0)), n(height.max(0.0)));
            let _ = write!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\"");
            "rect"
        }
        Form::Circle { x, y, radius } => {
            let _ = write!(out, "<circle cx=\"{}\" cy=\"{}\" r=\"{}\"", n(*x), n(*y), n(radius.max(0.0)));
            "circle"
        }
    }
}

fn coordinates(out: &mut String, points: &[Point]) {
    for (i, (x, y)) in points.iter().enumerate() {
        let gap = if i == 0 { "" } else { " " };
        let _ = write!(out, "{gap}{},{}", Number(*x), Number(*y));
    }
}

fn paint(out: &mut String, paint: Paint, hatch: &str) {
    match (paint.hatch, paint.fill) {
        (true, _) => {
            let _ = write!(out, " fill=\"url(#{hatch})\"");
        }
        (false, fill) => {
            let _ = write!(out, " fill=\"{}\"", fill.unwrap_or("none"));
        }
    }
    if let Some(stroke) = paint.stroke {
        let _ = write!(out, " stroke=\"{stroke}\" stroke-width=\"{}\"", Number(paint.width));
    }
    if let Some(dash) = paint.dash {
        let _ = write!(out, " stroke-dasharray=\"{dash}\"");
    }
}

fn text(out: &mut String, label: &Label) {
    let size = match label.size {
        Size::Small => "t-small",
        Size::Normal => "t-normal",
        Size::Large => "t-large",
    };
    let tone = match label.tone {
        Tone::Ink => "t-ink",
        Tone::Muted => "t-muted",
        Tone::Accent => "t-accent",
        Tone::Paper => "t-paper",
    };
    let (x, y) = (Number(label.x), Number(label.y));
    let _ = write!(
        out,
        "<text x=\"{x}\" y=\"{y}\" class=\"{size} {tone}\" font-size=\"{}\" fill=\"{}\" \
         font-family=\"system-ui, 'Noto Sans', 'Noto Sans Khmer', sans-serif\"",
        Number(label.size.units()),
        palette::tone_colour(label.tone)
    );
    match label.anchor {
        Anchor::Start => {}
        Anchor::Middle => out.push_str(" text-anchor=\"middle\""),
        Anchor::End => out.push_str(" text-anchor=\"end\""),
    }
    if label.bold {
        out.push_str(" font-weight=\"700\"");
    }
    out.push('>');
    push_escaped(out, &label.text);
    out.push_str("</text>");
}

/// A pattern is found by id, and two charts on one page must not share one by accident: the id is a hash (FNV-1a)
/// of the scene, so it is also the same on every run.
fn hatch_id(scene: &Scene) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut mix = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    mix(scene.title.as_bytes());
    mix(scene.description.as_bytes());
    mix(&scene.width.to_le_bytes());
    mix(&scene.height.to_le_bytes());
    mix(&scene.shapes.len().to_le_bytes());
    format!("hatch-{:08x}", (hash >> 32) ^ (hash & 0xffff_ffff))
}

/// A coordinate to a tenth of a unit without trailing zeros; never "NaN", "inf" or "-0".
struct Number(f64);

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rounded = if self.0.is_finite() { (self.0 * 10.0).round() / 10.0 } else { 0.0 };
        write!(f, "{}", if rounded == 0.0 { 0.0 } else { rounded })
    }
}
