//! Addresses of pages: whatever is data in them is encoded, here and nowhere else. Templates say `|urlencode_strict`.

pub(crate) use romduol_plan::id::encoded;

/// The address of these parts: `["nodes", "A1.04"]` is `/nodes/A1.04`.
pub(crate) fn path(parts: &[&str]) -> String {
    parts.iter().map(|part| format!("/{}", encoded(part))).collect()
}

/// The part behind the question mark.
pub(crate) fn query<N: AsRef<str>, V: AsRef<str>>(pairs: impl IntoIterator<Item = (N, V)>) -> String {
    let pair = |(name, value): (N, V)| format!("{}={}", encoded(name.as_ref()), encoded(value.as_ref()));
    pairs.into_iter().map(pair).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_data_stays_data() {
        assert_eq!(path(&["nodes", "A1.04"]), "/nodes/A1.04");
        assert_eq!(path(&["records", "gaps", "\"><a/?#ក"]), "/records/gaps/%22%3E%3Ca%2F%3F%23%E1%9E%80");
        assert_eq!(query([("q", "a&b=c"), ("at", "7")]), "q=a%26b%3Dc&at=7");
    }
}
